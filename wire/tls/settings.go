package tls

import (
	"errors"

	"github.com/meshdyno/meshdyno/unit"
)

// Settings are those of the connections between two sides.
type Settings struct {
	Version            string         `yaml:"version" enum:"1.2,1.3" doc:"what both sides agree upon, and the newest that the client offers"`
	Mutual             bool           `yaml:"mutual" doc:"the server asks for a certificate too"`
	Stack              string         `yaml:"stack" enum:"boringssl,go,openssl" doc:"the implementation: its extensions, its tickets, whether sealed handshake messages share a record; Envoy has boringssl"`
	Key                string         `yaml:"key" enum:"rsa-2048,rsa-3072,rsa-4096,ecdsa-p256,ecdsa-p384,ed25519" doc:"of the certificates, of both sides and of who signed them"`
	Certificates       []unit.Size    `yaml:"certificates" max:"64KiB" doc:"bytes of each certificate that the server sends, its own first; one of a usual size for its key when left out"`
	ClientCertificates []unit.Size    `yaml:"client_certificates" max:"64KiB" doc:"the same of the client, with mutual; the server's when left out"`
	Authorities        []unit.Size    `yaml:"authorities" max:"4KiB" doc:"bytes of each authority's name that the server lists, with mutual; one of 26B (O=cluster.local) when left out"`
	Cipher             string         `yaml:"cipher" enum:"aes-128-gcm,aes-256-gcm,chacha20-poly1305" doc:"what seals the records"`
	Group              string         `yaml:"group" enum:"x25519,p256,p384,x25519mlkem768" doc:"of the key exchange; x25519mlkem768 withstands quantum computers and needs 2.3 kB more"`
	Groups             int            `yaml:"groups" min:"0" max:"64" doc:"how many groups the client offers; 0: as many as the stack does"`
	ServerName         string         `yaml:"server_name" doc:"what the client asks for (SNI)"`
	ALPN               []string       `yaml:"alpn" doc:"protocols that the client offers; the server takes the first"`
	Ticket             *unit.Size     `yaml:"ticket" max:"32KiB" doc:"size of a session ticket; with mutual it often holds the client's certificate; the stack's own when left out"`
	EarlyData          bool           `yaml:"early_data" doc:"TLS 1.3: tickets allow the first request in 0-RTT (RFC 8446 2.3)"`
	FalseStart         bool           `yaml:"false_start" doc:"TLS 1.2: the client sends its request with its Finished (RFC 7918)"`
	MaxFragment        unit.Size      `yaml:"max_fragment" min:"512B" max:"16KiB" doc:"most bytes in one record (RFC 8446 5.1)"`
	Sign               *unit.Duration `yaml:"sign" doc:"CPU time of a signature; as measured for the key when left out"`
	Verify             *unit.Duration `yaml:"verify" doc:"CPU time to verify a signature; as measured for the key when left out"`
	KeyExchange        *unit.Duration `yaml:"key_exchange" doc:"CPU time of one side's key exchange; as measured for the group when left out"`
	Overhead           unit.Duration  `yaml:"handshake_overhead" doc:"CPU time of the rest of a handshake, on each side: parsing, hashing, deriving keys, memory; by default what it is in Go"`
	PerRecord          *unit.Duration `yaml:"per_record" doc:"CPU time to seal or open a record, whatever its length; as measured for the cipher when left out"`
	PerKiB             *unit.Duration `yaml:"per_kib" doc:"CPU time to seal or open each KiB; as measured for the cipher when left out"`
}

// SetDefaults are those of Istio's sidecars: Envoy with TLS 1.3, keys of RSA with
// 2048 bits, and HTTP/2 inside.
func (s *Settings) SetDefaults() {
	*s = Settings{Version: "1.3", Stack: "boringssl", Key: "rsa-2048", Cipher: "aes-128-gcm", Group: "x25519",
		ALPN: []string{"h2"}, MaxFragment: largestFragment, Overhead: usualOverhead}
}

// Check holds the settings to what a hello can say.
func (s *Settings) Check() error {
	if len(s.ServerName) > 255 {
		return errors.New("server_name is longer than the 255 characters of a host's name")
	}
	for _, p := range s.ALPN {
		if p == "" || len(p) > 255 {
			return errors.New("a protocol of alpn has 1 to 255 characters (RFC 7301)")
		}
	}
	if s.Version == "1.3" && s.FalseStart {
		return errors.New("false_start is of TLS 1.2: in 1.3 the request always goes with Finished")
	}
	if s.Version == "1.2" && s.EarlyData {
		return errors.New("early_data needs TLS 1.3")
	}
	if s.Version == "1.2" && s.Group == "x25519mlkem768" {
		return errors.New("group x25519mlkem768 needs TLS 1.3")
	}
	return nil
}

// orElse is what a setting says, or what was measured.
func orElse[T any](setting *T, measured T) T {
	if setting != nil {
		return *setting
	}
	return measured
}
