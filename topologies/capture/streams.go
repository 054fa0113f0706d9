package capture

// preface is how an HTTP/2 client begins (RFC 9113 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// mostStreams is how many are followed at once on one connection: twice what
// servers usually allow.
const mostStreams = 256

// streams follows the frames of an HTTP/2 connection in both directions.
type streams struct {
	half [2]walker
	open []stream
	lost bool // a byte was missing
}

// stream is a request under way.
type stream struct {
	id              uint32
	request, answer int
	until           int64 // the request's end, as far as it is known
	answered        bool
}

// walker goes from frame to frame through the bytes of one side.
type walker struct {
	passed int // bytes of the preface
	head   [14]byte
	have   int // of head: the frame's header, and the first five bytes of its content
	left   int // bytes of the frame's content to come
}

// The frames and flags that are looked at (RFC 9113 6).
const (
	frameData    = 0
	frameHeaders = 1
	frameReset   = 3
	endStream    = 1
	frameHead    = 9
)

// feed takes new bytes, which must be all there and in order.
func (st *streams) feed(f *flow, side int, s *segment, n int, inOrder bool, c *Counts) {
	if !inOrder || n != s.size || len(s.data) != s.size {
		st.lost = true
		c.Lagging++
		return
	}
	w, data := &st.half[side], s.data
	if skip := min(len(preface)-w.passed, len(data)); side == 0 && skip > 0 {
		w.passed, data = w.passed+skip, data[skip:]
	}
	for len(data) > 0 {
		data = w.step(data, func() { st.frame(f, side, s.at, w, c) })
	}
}

// step takes one frame's header, or some of its content.
func (w *walker) step(data []byte, frame func()) []byte {
	if w.have < frameHead {
		n := copy(w.head[w.have:frameHead], data)
		if w.have += n; w.have == frameHead {
			if w.left = w.length(); w.left == 0 {
				frame()
				w.have = 0
			}
		}
		return data[n:]
	}
	n := min(w.left, len(data))
	w.have += copy(w.head[min(w.have, len(w.head)):], data[:n])
	if w.left -= n; w.left == 0 {
		frame()
		w.have = 0
	}
	return data[n:]
}

func (w *walker) length() int { return int(w.head[0])<<16 | int(w.head[1])<<8 | int(w.head[2]) }

// frame is one that has passed whole.
func (st *streams) frame(f *flow, side int, at int64, w *walker, c *Counts) {
	kind, last := w.head[3], w.head[4]&endStream != 0
	id := be32(w.head[5:]) & 0x7fffffff
	if id == 0 || kind != frameData && kind != frameHeaders && kind != frameReset {
		return
	}
	i := st.find(id)
	if i < 0 {
		if side != 0 || kind != frameHeaders {
			return
		}
		if i = st.begin(f, id, at, c); i < 0 {
			return
		}
	}
	if kind == frameReset {
		st.end(f, i, c, false)
		return
	}
	if kind == frameData && w.isGRPC() {
		f.service.speaks(GRPC)
	}
	st.count(f, i, side, at, frameHead+w.length())
	if last && side == 1 {
		st.end(f, i, c, true)
	}
}

// count adds a frame to its stream.
func (st *streams) count(f *flow, i, side int, at int64, n int) {
	s := &st.open[i]
	switch {
	case side == 0:
		s.request, s.until = s.request+n, at
		return
	case !s.answered && f.trip != 0:
		f.service.Answer.Add(float64(max(at-s.until-f.near, 0)))
	}
	s.answer, s.answered = s.answer+n, true
}

// isGRPC says that the content begins with the length of what follows.
func (w *walker) isGRPC() bool {
	n := w.length()
	return n >= 5 && w.have >= len(w.head) && w.head[frameHead] <= 1 && int64(be32(w.head[frameHead+1:]))+5 >= int64(n) && w.head[frameHead+1] == 0
}

func (st *streams) find(id uint32) int {
	for i := range st.open {
		if st.open[i].id == id {
			return i
		}
	}
	return -1
}

func (st *streams) begin(f *flow, id uint32, at int64, c *Counts) int {
	client, _ := f.ends()
	f.service.arrival(at, client.Addr())
	if len(st.open) == mostStreams {
		c.Streams++
		return -1
	}
	st.open = append(st.open, stream{id: id, until: at})
	return len(st.open) - 1
}

// end is a stream that is over.
func (st *streams) end(f *flow, i int, c *Counts, whole bool) {
	s := st.open[i]
	f.service.Request.Add(float64(s.request))
	if whole {
		f.service.Response.Add(float64(s.answer))
	} else {
		c.Unpaired++
	}
	st.open[i] = st.open[len(st.open)-1]
	st.open = st.open[:len(st.open)-1]
}
