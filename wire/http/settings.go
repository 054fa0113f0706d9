package http

import (
	"errors"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/hpack"
)

// Settings are those of HTTP/2 connections, the same on both sides. The names
// are those of Envoy's Http2ProtocolOptions.
type Settings struct {
	HeaderTable      unit.Size `yaml:"hpack_table_size" max:"64KiB" doc:"what a side remembers of the heads that went before (SETTINGS_HEADER_TABLE_SIZE); 0B: nothing"`
	StreamWindow     unit.Size `yaml:"initial_stream_window_size" min:"65535B" max:"2147483647B" doc:"bytes that a stream carries before its receiver opens the window again (SETTINGS_INITIAL_WINDOW_SIZE)"`
	ConnectionWindow unit.Size `yaml:"initial_connection_window_size" min:"65535B" max:"2147483647B" doc:"the same of all streams of a connection together"`
	MaxFrame         unit.Size `yaml:"max_frame_size" min:"16KiB" max:"16777215B" doc:"largest content of a frame (SETTINGS_MAX_FRAME_SIZE)"`
	ClientSettings   int       `yaml:"client_settings" min:"0" max:"64" doc:"how many settings a client sends"`
	ServerSettings   int       `yaml:"server_settings" min:"0" max:"64" doc:"how many a server sends"`
}

// SetDefaults are Envoy's: windows of 16 and 24 MiB (since 2025; 256 MiB each
// before), a table of 4,096 bytes (source/common/http/http_option_limits.h), and
// four settings, to which a client adds ENABLE_PUSH (http2/codec_impl.cc,
// sendSettingsHelper).
func (s *Settings) SetDefaults() {
	*s = Settings{HeaderTable: hpack.DefaultTable, StreamWindow: 16 * unit.MiB, ConnectionWindow: 24 * unit.MiB,
		MaxFrame: smallestMaximum, ClientSettings: 5, ServerSettings: 4}
}

// Check holds the windows to their order.
func (s *Settings) Check() error {
	if s.StreamWindow > s.ConnectionWindow {
		return errors.New("initial_stream_window_size is above initial_connection_window_size: no stream could use it")
	}
	return nil
}
