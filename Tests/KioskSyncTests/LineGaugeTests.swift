import KioskSync
import KioskTestSupport
import Testing

@Suite struct LineGaugeTests {
    /// A line with a rate and a round trip on which requests of one size are played, each after the ones before it.
    private func play(rate: Double, roundTrip: Double, bytes: Int, requests: Int) -> (share: Double, most: Int, gauge: LineGauge)
    {
        let gauge = LineGauge()
        var now = 0.0
        var lineFree = 0.0
        var underWay: [(end: Double, mark: LineGauge.Mark)] = []
        var most = 0
        for _ in 0..<requests {
            while !gauge.mayBegin(underWay: underWay.count, bytesUnderWay: underWay.count * bytes) {
                let (end, mark) = underWay.removeFirst()
                now = max(now, end)
                gauge.end(mark, bytes: bytes, uptime: now)
            }
            lineFree = max(lineFree, now) + Double(bytes) / rate
            underWay.append((lineFree + roundTrip, gauge.begin(uptime: now)))
            most = max(most, underWay.count)
        }
        let took = underWay.last?.end ?? now
        return (Double(requests * bytes) / rate / took, most, gauge)
    }

    @Test func `small requests over a long line fill it, each round trip with more of them`() {
        // 1 Mbit/s and 300 ms hold 37 kB: twelve dossiers of 3 kB.
        let played = play(rate: 125_000, roundTrip: 0.3, bytes: 3000, requests: 400)
        #expect(played.share > 0.9, "\(played.share)")
        #expect(played.most > 12 && played.most <= 16)
    }

    @Test func `few large requests fill a line`() {
        let played = play(rate: 125_000, roundTrip: 0.3, bytes: 300_000, requests: 40)
        #expect(played.share > 0.97 && played.most == 4, "\(played)")
    }

    @Test func `a short request that ends among long ones shows no faster line`() {
        let gauge = LineGauge()
        let long = gauge.begin(uptime: 0)
        let short = gauge.begin(uptime: 9.5)
        for number in 0..<4 { gauge.end(long, bytes: 300_000, uptime: 9.6 + Double(number) / 100) }
        gauge.end(short, bytes: 3000, uptime: 10)
        #expect(gauge.rate.map { $0 < 130_000 } == true, "\(String(describing: gauge.rate))")
        #expect(gauge.whole < 300_000, "what takes longer than two seconds is not risked whole")
    }

    @Test func `nothing measured, the fewest`() {
        let gauge = LineGauge()
        #expect(gauge.mayBegin(underWay: 3, bytesUnderWay: 1 << 30))
        #expect(!gauge.mayBegin(underWay: 4, bytesUnderWay: 48 << 10))
        #expect(gauge.mayBegin(underWay: 15, bytesUnderWay: 15 * LineGauge.message), "sixteen small ones are no flood")
        #expect(!gauge.mayBegin(underWay: 16, bytesUnderWay: 0))
        #expect(gauge.piece == 1 << 20 && gauge.whole == 64 << 10)
        var bounds = LineGauge.Bounds()
        bounds.most = 1
        #expect(!LineGauge(bounds: bounds).mayBegin(underWay: 1, bytesUnderWay: 0), "one at a time is one at a time")
    }

    @Test func `what takes long at the disk beside a fast line is done many at once, beside a slow one not`() {
        for (rate, wanted) in [(100_000_000.0, true), (125_000.0, false)] {
            let gauge = LineGauge()
            let mark = gauge.begin(uptime: 0)
            gauge.end(mark, bytes: 300_000, uptime: 300_000 / rate)
            #expect(!gauge.mayBegin(underWay: 4, bytesUnderWay: 1_200_000))
            for _ in 0..<50 { gauge.noteLocal(seconds: 0.02) }
            #expect(gauge.mayBegin(underWay: 4, bytesUnderWay: 1_200_000) == wanted, "\(rate)")
            #expect(gauge.mayBegin(underWay: 16, bytesUnderWay: 0) == wanted, "half of them are at the disk")
            #expect(!gauge.mayBegin(underWay: 32, bytesUnderWay: 0), "the most stays the most")
            for _ in 0..<100 { gauge.noteLocal(seconds: 1e9) }
            #expect(!gauge.mayBegin(underWay: 4, bytesUnderWay: 8 << 20), "and so do the bytes under way")
            gauge.noteLocal(seconds: -1e9)
        }
    }

    @Test func `whatever is measured, the bounds hold`() {
        for seed: UInt64 in 0..<200 {
            var random = SeededGenerator(seed: seed)
            let gauge = LineGauge()
            var now = 0.0
            for _ in 0..<50 {
                let mark = gauge.begin(uptime: now)
                now += Double.random(in: 0...10, using: &random) * Double.random(in: 0...1, using: &random)
                gauge.end(mark, bytes: random.int(0...(16 << 20)), uptime: now)
                #expect((64 << 10...8 << 20).contains(gauge.piece), "seed \(seed)")
                #expect(gauge.mayBegin(underWay: 3, bytesUnderWay: 0) && !gauge.mayBegin(underWay: 16, bytesUnderWay: 0))
                #expect(!gauge.mayBegin(underWay: 4, bytesUnderWay: 8 << 20))
            }
        }
    }

    @Test func `a slow line gets short pieces`() {
        let gauge = LineGauge()
        let mark = gauge.begin(uptime: 0)
        gauge.end(mark, bytes: 100_000, uptime: 10)
        #expect(gauge.piece == 100_000 && gauge.rate == 10_000)
    }

    @Test func `only what takes two seconds goes whole with its creation`() {
        let gauge = LineGauge()
        gauge.end(gauge.begin(uptime: 0), bytes: 100_000, uptime: 1)
        #expect(gauge.whole == 200_000)
        gauge.end(gauge.begin(uptime: 1), bytes: 3_000_000, uptime: 2)
        #expect(gauge.whole == 6_000_000)
        gauge.end(gauge.begin(uptime: 2), bytes: 30_000_000, uptime: 3)
        #expect(gauge.whole == 8 << 20)
        gauge.broke(bytes: 400_000)
        #expect(gauge.whole == gauge.piece)
    }

    @Test func `a line that breaks under long pieces gets shorter ones, and longer ones again when they come through`() {
        let gauge = LineGauge()
        gauge.broke(bytes: 1 << 20)
        gauge.broke(bytes: 512 << 10)
        #expect(gauge.piece == 256 << 10)
        for _ in 0..<9 { gauge.broke(bytes: 1000) }
        #expect(gauge.piece == 64 << 10)
        for (bytes, piece) in [
            (64, 128), (100, 128), (128, 256), (256, 512), (512, 1024), (4096, 2048), (2048, 4096), (4096, 8192), (8192, 8192),
        ] {
            gauge.end(gauge.begin(uptime: 0), bytes: bytes << 10, uptime: 0.001)
            #expect(gauge.piece == piece << 10)
        }
        // What a proxy refused is not tried again.
        #expect(gauge.refused(bytes: 512 << 10))
        gauge.end(gauge.begin(uptime: 0), bytes: 256 << 10, uptime: 0.001)
        #expect(gauge.piece == 256 << 10)
    }

    @Test func `a proxy's limit is found by halving and kept`() {
        let gauge = LineGauge()
        #expect(gauge.refused(bytes: 1 << 20) && gauge.piece == 512 << 10)
        #expect(gauge.refused(bytes: 100 << 10) && gauge.piece == 64 << 10)
        #expect(!gauge.refused(bytes: 64 << 10) && gauge.piece == 64 << 10)
    }
}
