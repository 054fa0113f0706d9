package arch

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
)

// fused reports a floating-point product that could end in a sum. On some
// processors the compiler makes one instruction of x*y + z, which rounds once
// instead of twice, also across statements and inlined calls; a conversion
// around the product forbids it (the Go specification, "Floating-point
// operators"). A product inside a product, quotient or comparison is safe.
func (w *walker) fused(p *ast.BinaryExpr, parents []ast.Node) {
	if p.Op != token.MUL || !w.float(p) || w.powerOfTwo(p.X) || w.powerOfTwo(p.Y) || w.rounded(p, parents) {
		return
	}
	w.breach(p, "a product that a sum may swallow", "some processors then round once instead of twice: write float64(x*y)")
}

// fusedInto is fused for x *= y.
func (w *walker) fusedInto(a *ast.AssignStmt) {
	if a.Tok == token.MUL_ASSIGN && w.float(a.Lhs[0]) && !w.powerOfTwo(a.Rhs[0]) {
		w.breach(a, "a product that a sum may swallow", "some processors then round once instead of twice: write x = float64(x*y)")
	}
}

// rounded says that what encloses a product rounds it or does not add it up.
func (w *walker) rounded(p ast.Expr, parents []ast.Node) bool {
	switch outer := enclosing(parents).(type) {
	case *ast.BinaryExpr:
		return outer.Op != token.ADD && outer.Op != token.SUB
	case *ast.CallExpr:
		f, ok := outer.Fun.(*ast.SelectorExpr)
		return w.info.Types[outer.Fun].IsType() || ok && w.ofMath(f)
	}
	return false
}

// enclosing skips signs and parentheses: -(x*y) + z is fused too.
func enclosing(parents []ast.Node) ast.Node {
	for i := len(parents) - 1; ; i-- {
		switch parents[i].(type) {
		case *ast.ParenExpr, *ast.UnaryExpr:
		default:
			return parents[i]
		}
	}
}

// ofMath says that f is a function of package math.
func (w *walker) ofMath(f *ast.SelectorExpr) bool {
	x, ok := f.X.(*ast.Ident)
	if !ok {
		return false
	}
	name, ok := w.info.Uses[x].(*types.PkgName)
	return ok && name.Imported().Path() == "math"
}

// float says that e is computed in floating point when the program runs.
func (w *walker) float(e ast.Expr) bool {
	t, ok := w.info.Types[e]
	if !ok || t.Value != nil {
		return false
	}
	b, ok := t.Type.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}

// powerOfTwo says that a product with e is exact, fused or not.
func (w *walker) powerOfTwo(e ast.Expr) bool {
	v := w.info.Types[e].Value
	if v == nil || v.Kind() != constant.Int && v.Kind() != constant.Float {
		return false
	}
	f, _ := constant.Float64Val(v)
	fraction, _ := math.Frexp(f)
	return math.Abs(fraction) == 0.5
}
