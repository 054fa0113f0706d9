package policy

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// xxHash64 is XXH64 with a seed (github.com/Cyan4973/xxHash, xxhash_spec.md).
func xxHash64(text []byte, seed uint64) uint64 {
	var d xxhash.Digest
	d.ResetWithSeed(seed)
	d.Write(text) // never fails
	return d.Sum64()
}

// murmurSeed is the one with which libstdc++ hashes a std::string; Envoy keeps
// to it (common/hash.h, STD_HASH_SEED).
const murmurSeed = 0xc70f6907

// murmurHash2 is Austin Appleby's MurmurHash64A, for texts of any length.
func murmurHash2(text []byte, seed uint64) uint64 {
	const m = 0xc6a4a7935bd1e995
	h := seed ^ uint64(len(text))*m
	for ; len(text) >= 8; text = text[8:] {
		k := binary.LittleEndian.Uint64(text) * m
		h = (h ^ (k^k>>47)*m) * m
	}
	if len(text) > 0 {
		var tail [8]byte
		copy(tail[:], text)
		h = (h ^ binary.LittleEndian.Uint64(tail[:])) * m
	}
	h = (h ^ h>>47) * m
	return h ^ h>>47
}
