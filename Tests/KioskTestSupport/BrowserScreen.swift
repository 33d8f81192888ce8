internal import Foundation
public import JSONTree

/// What has the focus, what a screen shows, and what a power cut does.
extension Browser {
    /// The element that has the focus.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func focused() async throws -> Element {
        guard let id = try await call("GET", "/element/active")[Element.key]?.stringValue else {
            throw WebClient.Failure(description: "nothing has the focus")
        }
        return Element(browser: self, id: id)
    }

    /// Elements that a script gave, such as `[...document.querySelectorAll("a")]`.
    public func elements(_ value: JSONValue?) -> [Element] {
        (value?.arrayValue ?? []).compactMap { $0[Element.key]?.stringValue }.map { Element(browser: self, id: $0) }
    }

    /// Shows pages as on a screen of so many CSS pixels; a zoom of 200 % halves them and doubles `scale`.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func setScreen(width: Int, height: Int, scale: Int = 1) async throws {
        let size: JSONValue = [
            "width": .number(Decimal(width)), "height": .number(Decimal(height)), "deviceScaleFactor": .number(Decimal(scale)),
            "mobile": false,
        ]
        _ = try await call("POST", "/goog/cdp/execute", ["cmd": "Emulation.setDeviceMetricsOverride", "params": size])
    }

    /// Kills the browser and its driver with all that they started, as a power cut does.
    public func kill() async {
        // The browser is in a group of its own: it is found as the driver's child, and its helpers as its own.
        let parents = Self.parents()
        var doomed: Set<Int32> = [driver.pid]
        while true {
            let more = parents.filter { doomed.contains($0.value) && !doomed.contains($0.key) }.keys
            if more.isEmpty { break }
            doomed.formUnion(more)
        }
        for pid in doomed { Program.kill(pid) }
        _ = try? await driver.wait(patience: 20)
    }

    /// The parent of every process of this machine.
    private static func parents() -> [Int32: Int32] {
        var parents: [Int32: Int32] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = Int32(name), let status = try? String(contentsOfFile: "/proc/\(name)/status", encoding: .utf8),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("PPid:") }),
                let parent = Int32(line.dropFirst(5).trimmingCharacters(in: .whitespaces))
            else { continue }
            parents[pid] = parent
        }
        return parents
    }
}
