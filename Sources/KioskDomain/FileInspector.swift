/// Looks through a file while it is taken in: whether it is whole and what it says it is.
///
/// Nothing is ever decompressed, so that no file can make itself larger than it is; memory does not grow with the file. What lies
/// inside compressed data is not looked at: a picture whose pixels are wrong passes.
public struct FileInspector: Sendable {
    /// The most pixels of a page: A3 at 600 dpi has 70 million.
    public static let maximumPixels = 100_000_000
    /// The longest side of a page in pixels.
    public static let maximumSide = 30_000
    /// How many times a page may be longer than wide.
    public static let maximumRatio = 20

    private enum Walk: Sendable {
        case undecided
        case jpeg(JPEGWalk)
        case png(PNGWalk)
        /// What is told by places all over the file is read once it is whole.
        case read(mediaType: String)
    }

    private var head: [UInt8] = []
    private var size = 0
    private var walk = Walk.undecided

    /// An inspection of a file of which nothing has come yet.
    public init() {}

    /// Looks at the next bytes.
    ///
    /// - Throws: ``FileFault``, as soon as it is certain.
    public mutating func take(_ bytes: [UInt8]) throws(FileFault) {
        size += bytes.count
        guard case .undecided = walk else { return try pass(bytes) }
        head += bytes
        guard head.count >= MediaType.prefixLength else { return }
        try decide()
    }

    private mutating func decide() throws(FileFault) {
        let prefix = Array(head.prefix(MediaType.prefixLength))
        let gathered = head
        head = []
        switch MediaType.detect(prefix) {
        case "image/jpeg"?: walk = .jpeg(JPEGWalk())
        case "image/png"?: walk = .png(PNGWalk())
        case let type? where MediaType.accepted.contains(type): walk = .read(mediaType: type)
        default: throw MediaType.refusedKind(prefix).map { .refused($0) } ?? .unknown
        }
        try pass(gathered)
    }

    private mutating func pass(_ bytes: [UInt8]) throws(FileFault) {
        // Taken out while it changes: two owners would copy its buffer every time.
        let current = walk
        walk = .undecided
        switch current {
        case .jpeg(var jpeg):
            try jpeg.take(bytes)
            walk = .jpeg(jpeg)
        case .png(var png):
            try png.take(bytes)
            walk = .png(png)
        case .read, .undecided: walk = current
        }
    }

    /// Ends the inspection of a file that is whole.
    ///
    /// - Parameter read: so many bytes from an offset of the file; fewer at its end.
    /// - Throws: ``FileFault``, or what reading throws.
    public mutating func finish(read: (_ offset: Int, _ count: Int) throws -> [UInt8]) throws -> FileFacts {
        if case .undecided = walk { try decide() }
        let facts: FileFacts
        switch walk {
        case .jpeg(let jpeg): facts = try jpeg.finish()
        case .png(let png): facts = try png.finish()
        case .read(let type):
            let size = size
            facts = try withoutActuallyEscaping(read) { read in
                type == "image/tiff"
                    ? try TIFFCheck(size: size, read: read).facts() : try PDFCheck(size: size, read: read).facts()
            }
        case .undecided: throw FileFault.unknown
        }
        if let pixels = facts.pixels { try Self.check(pixels) }
        return facts
    }

    /// Refuses measures that no page has.
    static func check(_ pixels: FileFacts.Pixels) throws(FileFault) {
        let (short, long) = (min(pixels.width, pixels.height), max(pixels.width, pixels.height))
        guard short > 0, long <= maximumSide, long <= short * maximumRatio, short * long <= maximumPixels else {
            throw .absurdSize(width: pixels.width, height: pixels.height)
        }
    }
}

/// What an inspection found a file to be.
public struct FileFacts: Equatable, Sendable {
    /// Measures of a picture.
    public struct Pixels: Equatable, Sendable {
        /// Pixels from left to right, as stored.
        public var width: Int
        /// Pixels from top to bottom, as stored.
        public var height: Int

        /// Measures.
        public init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }
    }

    /// Its media type.
    public var mediaType: String
    /// Its measures, of the first page where it has several; nil of a PDF.
    public var pixels: Pixels?
    /// How a picture's samples are laid out, for whoever embeds it; nil where nobody can.
    public var layout: Layout?

    /// How a picture's samples are laid out.
    public enum Layout: Equatable, Sendable {
        /// A JPEG of 1 (grey), 3 or 4 colour components.
        case jpeg(components: Int, isInverted: Bool)
        /// A PNG.
        case png(bitDepth: Int, colour: PNGColour, isInterlaced: Bool, hasTransparency: Bool)
    }

    /// A PNG's colour type (ISO/IEC 15948, 11.2.2).
    public enum PNGColour: Int, Sendable {
        case grey = 0
        case trueColour = 2
        case palette = 3
        case greyAlpha = 4
        case trueColourAlpha = 6
    }
}
