import Testing

/// The real programs, one test after another: each has several processes, and the machine may have two cores.
@Suite("The real programs", .serialized)
enum EndToEnd {}

/// Those that mostly wait (for a slow line, a time to run out, a signal): beside the others, one after another.
@Suite("The real programs, waiting", .serialized)
enum EndToEndWaiting {}

/// Long ones that need no browser: beside the others, one after another.
@Suite("The real programs, at length", .serialized)
enum EndToEndAtLength {}
