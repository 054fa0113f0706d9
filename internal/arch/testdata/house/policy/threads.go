package policy

func threads(ready func() bool) int {
	answers := make(chan int)
	go func() { answers <- 1 }()
	select {
	case n := <-answers:
		return n
	default:
		return 0
	}
}

func late(id int, now int64) int64 { return now + int64(id) }
