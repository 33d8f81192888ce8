import Testing

/// The real programs, one test after another: each has several processes, and the machine may have two cores.
@Suite("The real programs", .serialized)
enum EndToEnd {}
