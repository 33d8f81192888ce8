import Testing

// The real programs. Each test has several processes, and the machine may have two cores: three at a time.

/// In a browser, for the most part; one after another.
@Suite("The real programs", .serialized)
enum EndToEnd {}

/// Pulled plugs, and those that mostly wait (for a time to run out, a scanner): one after another.
@Suite("The real programs, waiting", .serialized)
enum EndToEndWaiting {}

/// Without a browser: one after another.
@Suite("The real programs at the command line", .serialized)
enum EndToEndCommands {}
