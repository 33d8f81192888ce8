internal import Dispatch

/// Keeps the bodies of all transfers together below a rate: a bucket that fills with time and from which each takes little by
/// little.
///
/// libcurl's own limit (`CURLOPT_MAX_SEND_SPEED_LARGE`) is one transfer's. Touched by the loop's queue only.
final class SendMeter {
    private let bytesPerSecond: Double
    /// A tenth of a second's bytes lie ready at most, so that the rate holds over any second.
    private let most: Double
    private var bytes: Double
    private var filledAt: UInt64

    init(bytesPerSecond: Int) {
        self.bytesPerSecond = Double(bytesPerSecond)
        most = max(1024, Double(bytesPerSecond) / 10)
        bytes = most
        filledAt = DispatchTime.now().uptimeNanoseconds
    }

    /// How many of so many bytes may be sent; none where it is empty.
    func allowance(_ wanted: Int) -> Int {
        fill()
        // No transfer empties it alone: those beside it would look stalled.
        let count = min(wanted, max(512, Int(most) / 4), Int(bytes))
        return count >= min(wanted, 256) ? count : 0
    }

    /// Takes bytes that are sent.
    func take(_ count: Int) { bytes -= Double(count) }

    /// Lets transfers that wait for it go on, once there is something for each.
    ///
    /// - Returns: for how many milliseconds the loop may sleep.
    func resume(_ transfers: some Collection<Transfer>) -> Int32 {
        fill()
        // In an order that differs from turn to turn, so that none is always the last.
        for transfer in transfers.filter(\.isPaused).shuffled() {
            if bytes >= 256 { transfer.resume() }
        }
        // What goes on now may wait again in the same turn.
        return transfers.isEmpty ? 1000 : 20
    }

    private func fill() {
        let now = DispatchTime.now().uptimeNanoseconds
        bytes = min(most, bytes + bytesPerSecond * Double(now - filledAt) / 1e9)
        filledAt = now
    }
}
