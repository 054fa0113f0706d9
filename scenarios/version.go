package scenarios

// Version is the version of meshdyno. A run is (scenario, seed, version).
const Version = "0.1.0"
