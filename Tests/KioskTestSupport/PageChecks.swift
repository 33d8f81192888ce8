internal import Foundation
internal import JSONTree
public import Testing

/// axe-core, which finds what keeps people from using a page (https://github.com/dequelabs/axe-core).
///
/// Its one file is no part of this repository: `.ci/run` fetches it and names it in `KIOSK_AXE`.
public enum Axe {
    private static var path: String? { ProcessInfo.processInfo.environment["KIOSK_AXE"] }

    /// Skips a test where there is no axe-core or no browser; with `KIOSK_REQUIRE_BROWSER=1` it runs, and fails, instead.
    public static let requirement: ConditionTrait = .enabled(
        if: (Browser.isAvailable && path != nil) || ProcessInfo.processInfo.environment["KIOSK_REQUIRE_BROWSER"] == "1",
        "KIOSK_AXE does not name an axe.min.js, or there is no browser (KIOSK_REQUIRE_BROWSER=1 makes this a failure)")

    /// The script.
    ///
    /// - Throws: ``WebClient/Failure`` where `KIOSK_AXE` names none.
    public static func source() throws -> String {
        guard let path, let source = try? String(contentsOfFile: path, encoding: .utf8), source.contains("axe") else {
            throw WebClient.Failure(description: "KIOSK_AXE does not name an axe.min.js")
        }
        return source
    }
}

extension Browser {
    /// What axe-core finds serious or critical on the page: the rule, the element, what to mend.
    ///
    /// - Parameter source: of ``Axe/source()``.
    /// - Throws: ``WebClient/Failure``.
    public func seriousFindings(_ source: String) async throws -> [String] {
        // A page's policy forbids scripts that are put into it; a driver's own script is not subject to it.
        let found = try await execute(
            source + """
                ;
                return axe.run(document, {resultTypes: ["violations"]}).then((result) => result.violations
                  .filter((one) => ["serious", "critical"].includes(one.impact))
                  .flatMap((one) => one.nodes.map((node) =>
                    `${one.id} (${one.impact}): ${node.target.join(" ")} ${node.failureSummary.replaceAll("\\n", " ")} ${node.html.slice(0, 200)}`)));
                """)
        return found.arrayValue?.compactMap(\.stringValue) ?? ["axe-core gave no answer"]
    }

    /// What does not fit the page's window: sideways scrolling, what stands or is cut off outside, bars that hide most of it.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func misfits() async throws -> [String] {
        let found = try await execute(
            """
            const found = [];
            const width = document.documentElement.clientWidth;
            const name = (one) => `${one.tagName.toLowerCase()}${one.id ? "#" + one.id : ""}.${[...one.classList].join(".")} «${one.textContent.trim().slice(0, 40)}»`;
            const page = document.scrollingElement;
            if (page.scrollWidth > width) found.push(`the page is ${page.scrollWidth} wide in a window of ${width}`);
            for (const one of document.querySelectorAll("body *")) {
              const box = one.getBoundingClientRect();
              // What is for screen readers only, or comes with the focus.
              if (box.width <= 1 || box.height <= 1 || one.closest(".unseen, .skip, .first-button")) continue;
              // A table of figures keeps its columns beside each other (WCAG 2.2, 1.4.10): in a region of its own that the keyboard scrolls.
              const region = one.parentElement.closest("[role=region][tabindex='0'][aria-label]");
              if (region && getComputedStyle(region).overflowX === "auto" && one.closest("table")) continue;
              const style = getComputedStyle(one);
              if (style.visibility === "hidden" || one.tagName === "IMG") continue;
              if (box.left < -1 || box.right > width + 1) found.push(`${name(one)} reaches from ${box.left} to ${box.right}`);
              const clips = (overflow) => overflow === "hidden" || overflow === "clip";
              if (clips(style.overflowX) && one.scrollWidth > one.clientWidth + 1) found.push(`${name(one)} is cut off at its side`);
              if (clips(style.overflowY) && one.scrollHeight > one.clientHeight + 1) found.push(`${name(one)} is cut off below`);
              if (["fixed", "sticky"].includes(style.position) && box.height > innerHeight * 2 / 3 && !one.matches(":modal")) {
                found.push(`${name(one)} hides most of the window`);
              }
            }
            return found;
            """)
        return found.arrayValue?.compactMap(\.stringValue) ?? ["the page gave no answer"]
    }
}
