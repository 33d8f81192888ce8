// Swift's Glibc module declares neither function.

@_silgen_name("malloc_trim")
@discardableResult
private func malloc_trim(_ pad: Int) -> Int32

@_silgen_name("mallopt")
private func mallopt(_ parameter: Int32, _ value: Int32) -> Int32

/// What a program that opens a kiosk's data asks of the C library's memory.
public enum ProcessMemory {
    /// Has all threads share one heap (mallopt(3), `M_ARENA_MAX`); to be called before there are threads.
    ///
    /// By default every thread gets its own and keeps what it freed: the buffers of a large file then lie about in several, which costs
    /// some 9 of the 64 MB.
    public static func shareOneHeap() {
        _ = mallopt(-8, 1)
    }

    /// Gives freed memory back to the system (malloc_trim(3)).
    public static func giveBack() {
        malloc_trim(0)
    }
}
