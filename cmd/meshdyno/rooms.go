package main

type rooms struct{ world }
