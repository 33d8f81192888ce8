internal import HTTPServing

/// The style sheet, the script and the icon: fixed routes to texts inside the program.
///
/// No request reads a file.
enum Assets {
    private static let types = ["css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"]

    /// The address of an asset; it changes with the content, so that a browser may keep it for good.
    static func path(_ name: String) -> String { "/assets/\(name)?v=\(versions[name] ?? "0")" }

    static func response(_ name: String) throws(HTTPFault) -> HTTPResponse {
        guard let text = EmbeddedAssets.files[name], let type = types[name.split(separator: ".").last.map(String.init) ?? ""]
        else {
            throw HTTPFault(404, "nothing is here")
        }
        return HTTPResponse.content(text, type: type).with("Cache-Control", "public, max-age=31536000, immutable")
    }

    /// FNV-1a of each asset: no security rests on it.
    private static let versions: [String: String] = EmbeddedAssets.files.mapValues { text in
        let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
