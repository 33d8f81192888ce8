// Swift's Glibc module declares neither function.

/// Gives freed memory back to the system (malloc_trim(3)).
@_silgen_name("malloc_trim")
@discardableResult
func malloc_trim(_ pad: Int) -> Int32

@_silgen_name("mallopt")
private func mallopt(_ parameter: Int32, _ value: Int32) -> Int32

/// What the program asks of the C library's memory.
enum Memory {
    /// Has all threads share one heap (mallopt(3), `M_ARENA_MAX`).
    ///
    /// By default every thread gets its own and keeps what it freed: the buffers of a large file then lie about in several, which costs
    /// some 9 of the 64 MB.
    static func shareOneHeap() {
        _ = mallopt(-8, 1)
    }
}
