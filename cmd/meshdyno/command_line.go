package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/meshdyno/meshdyno/internal/nearest"
)

// commandLine is the whole of it; each verb stands in its own file.
type commandLine struct {
	Run     runVerb     `cmd:"" help:"Run a scenario in virtual time."`
	Check   checkVerb   `cmd:"" help:"Validate scenario files without running them."`
	Import  importVerb  `cmd:"" help:"Turn what you have into a scenario."`
	List    listVerb    `cmd:"" help:"List the scenarios and topologies that come with meshdyno."`
	Kinds   kindsVerb   `cmd:"" help:"What a scenario may say and choose from: balancers, faults, arrivals..."`
	Schema  schemaVerb  `cmd:"" help:"Print the JSON Schema of a scenario file, for editors."`
	Init    initVerb    `cmd:"" help:"Write a commented scenario to start from."`
	Version versionVerb `cmd:"" help:"Print the version."`
}

const overview = `meshdyno simulates service meshes in virtual time.

  meshdyno run retry-storm     run a scenario of the library
  meshdyno list                see which there are
  meshdyno init my-mesh        write a scenario of your own to start from
  meshdyno run my-mesh.yaml    run it
  meshdyno check my-mesh.yaml  find what is wrong with it
  meshdyno import isotope FILE turn a service graph into a scenario
  meshdyno kinds               what a scenario may say; kinds NAME for one thing
  meshdyno schema              the same, for editors
  meshdyno version

Each command explains itself: meshdyno run --help
`

// main parses the command line, does what it says, and returns the exit code.
func (a *app) main(args []string) (code int) {
	defer a.guard(&code)
	if len(args) == 0 || len(args) == 1 && args[0] == "help" {
		_, err := fmt.Fprint(a.stdout, overview)
		return a.fail(outputError(err))
	}
	if args[0] == "--version" {
		args = []string{"version"}
	}
	var line commandLine
	parser, err := kong.New(&line, a.grammar()...)
	if err != nil {
		panic(err) // a mistake in the struct tags above
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return a.fail(wrongInput(commandLineError(err, args)))
	}
	stop := a.listen()
	defer stop()
	return a.fail(parsed.Run(a))
}

func (a *app) grammar() []kong.Option {
	return []kong.Option{
		kong.Name("meshdyno"),
		kong.Description("Simulates service meshes in virtual time."),
		kong.Writers(a.stdout, a.stderr),
		kong.Exit(func(code int) { panic(exitNow(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 80}),
		kong.WithHyphenPrefixedParameters(true), // so that --seed -1 is refused as a number, not as a flag
	}
}

// commandLineError gives the parser's findings the house's words, and one line
// on where to read more.
func commandLineError(err error, args []string) error {
	var parse *kong.ParseError
	verb := ""
	if errors.As(err, &parse) && parse.Context != nil {
		if node := parse.Context.Selected(); node != nil {
			verb = node.Name
		}
		err = reworded(parse, verb)
	}
	help := "meshdyno --help lists the commands"
	if verb != "" {
		help = fmt.Sprintf("meshdyno %s --help explains it", verb)
	}
	return fmt.Errorf("meshdyno: %w\n  %s", err, help)
}

// reworded names the nearest flag or command where one was mistyped.
func reworded(parse *kong.ParseError, verb string) error {
	text := parse.Error()
	if name, found := strings.CutPrefix(text, "unknown flag "); found {
		name, _, _ = strings.Cut(name, ", did you mean")
		return fmt.Errorf("unknown flag %s%s", name, didYouMean("--", strings.TrimLeft(name, "-"), flagNames(parse.Context)))
	}
	if name, found := strings.CutPrefix(text, "unexpected argument "); found {
		name, _, _ = strings.Cut(name, ", did you mean")
		if verb == "" {
			verbs := verbNames(parse.Context.Model.Node)
			return fmt.Errorf("unknown command %q%s (have %s)", name, didYouMean("", name, verbs), strings.Join(verbs, ", "))
		}
		return fmt.Errorf("%s takes no further argument, got %q", verb, name)
	}
	if missing, found := strings.CutPrefix(text, "expected "); found && verb != "" {
		return fmt.Errorf("%s needs %s", verb, strings.Trim(missing, `"`))
	}
	return errors.New(text)
}

func didYouMean(prefix, got string, have []string) string {
	if near := nearest.Name(got, have); near != "" {
		return fmt.Sprintf(": did you mean %s%s?", prefix, near)
	}
	return ""
}

func flagNames(ctx *kong.Context) (names []string) {
	for _, flag := range ctx.Flags() {
		names = append(names, flag.Name)
	}
	return names
}

func verbNames(node *kong.Node) (names []string) {
	for _, child := range node.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	return names
}
