package chance_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// exact are the functions of package math that every processor rounds alike.
var exact = map[string]bool{
	"Sqrt": true, "Floor": true, "Ceil": true, "Trunc": true, "Abs": true, "Copysign": true, "Max": true, "Min": true,
	"Float64bits": true, "Float64frombits": true, "IsNaN": true, "IsInf": true, "Inf": true, "NaN": true, "Signbit": true,
}

// inexact says why the others are kept out.
func inexact(name string) string {
	if name == "FMA" {
		return "its result differs from a product and a sum that round twice"
	}
	return "it is assembly on some processors and rounds otherwise there; use chance.Log, chance.Exp, chance.Pow or math.Sqrt"
}

// TestOnlyExactMathIsCalled reads the source of the rooms whose floating point
// reaches simulated time.
func TestOnlyExactMathIsCalled(t *testing.T) {
	for _, room := range []string{"../chance", "../loadgen"} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no files, %v", room, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				checkMath(t, file)
			}
		}
	}
}

func checkMath(t *testing.T, path string) {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	for _, i := range tree.Imports {
		if i.Path.Value == `"math"` {
			if name = "math"; i.Name != nil {
				name = i.Name.Name
			}
		}
	}
	if name == "" {
		return
	}
	if name == "." {
		t.Errorf("%s imports math into its own names, where this test cannot see it", path)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		call, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := call.X.(*ast.Ident); ok && x.Name == name && ast.IsExported(call.Sel.Name) && !constantOfMath(call.Sel.Name) && !exact[call.Sel.Name] {
			t.Errorf("%s calls math.%s: %s", files.Position(call.Pos()), call.Sel.Name, inexact(call.Sel.Name))
		}
		return true
	})
}

// constantOfMath: math.Pi and math.MaxInt64 are numbers, not calls.
func constantOfMath(name string) bool {
	for _, prefix := range []string{"Max", "Smallest", "Min"} {
		if strings.HasPrefix(name, prefix) && len(name) > 3 {
			return true
		}
	}
	return name == "E" || name == "Pi" || name == "Phi" || strings.HasPrefix(name, "Sqrt") && name != "Sqrt" || strings.HasPrefix(name, "Ln") || strings.HasPrefix(name, "Log2E") || strings.HasPrefix(name, "Log10E")
}
