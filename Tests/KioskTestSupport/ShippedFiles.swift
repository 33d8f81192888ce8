public import Foundation

/// Files that lie in the repository and are part of the product.
public enum ShippedFiles {
    /// The procedure catalogue that a kiosk comes with.
    ///
    /// - Throws: the error of reading.
    public static func catalogue() throws -> Data {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: root.appending(path: "kiosk-config/catalogue/catalogue.json"))
    }
}
