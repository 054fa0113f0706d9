// Package reports turns one result into one artefact: the page an engineer
// reads in the terminal, the object that other programs read. A report reads
// the Result only: it never looks at the scenario, a clock or the machine, so
// the same result gives the same bytes.
//
// Text that came from a file is escaped wherever it is shown: no control
// character, no direction mark and no broken encoding reaches a terminal.
package reports
