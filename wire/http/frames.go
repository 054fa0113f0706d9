package http

// The sizes of HTTP/2's frames (RFC 9113 4.1, 6), and the preface that a client
// begins with (3.4).
const (
	FrameHeader     = 9
	Preface         = len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	RSTStream       = FrameHeader + 4
	SettingsAck     = FrameHeader
	Ping            = FrameHeader + 8
	GoAway          = FrameHeader + 8 // without debug data
	WindowUpdate    = FrameHeader + 4
	Priority        = FrameHeader + 5
	setting         = 2 + 4
	smallestMaximum = 1 << 14 // SETTINGS_MAX_FRAME_SIZE's least, and its default (6.5.2)
)

// SettingsFrame is the length of one with n settings (6.5).
func SettingsFrame(n int) int { return FrameHeader + n*setting }

// Frames is how many frames n bytes make, and their length: DATA (6.1), or
// HEADERS and its CONTINUATION (6.2, 6.10). An empty content, and an empty
// block, are one frame. A largest of 0 is HTTP/2's default, 16,384 bytes.
func Frames(n, largest int64) (count, bytes int64) {
	if largest == 0 {
		largest = smallestMaximum
	}
	count = max(1, (n+largest-1)/largest)
	return count, n + count*FrameHeader
}

// Opening is what each side of a connection sends before anything else: the
// client its preface, both their settings, a WINDOW_UPDATE if the connection's
// window is to be wider than 65,535 bytes, and a confirmation of the other's
// settings. No round trip: requests may follow at once (3.4).
func (s *Settings) Opening() (client, server int) {
	both := SettingsAck
	if s.ConnectionWindow > smallestWindow {
		both += WindowUpdate
	}
	return Preface + SettingsFrame(s.ClientSettings) + both, SettingsFrame(s.ServerSettings) + both
}
