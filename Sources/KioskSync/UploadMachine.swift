/// The steps that bring a file up by tus (https://tus.io/protocols/resumable-upload, 1.0.0), as decisions: it asks for one
/// step at a time and is told how the step ended.
public struct UploadMachine: Equatable, Sendable {
    /// What to do next.
    public enum Step: Equatable, Sendable {
        /// Create the upload with the first bytes of the file.
        case create(count: Int)
        /// Ask how much the portal holds.
        case askOffset(url: String)
        /// Send bytes.
        case append(url: String, offset: Int, count: Int)
        /// The whole file is up.
        case finished(url: String)

        /// Whether nothing is left to be asked of the portal.
        var isLast: Bool { if case .finished = self { true } else { false } }
    }

    /// The most bytes of one request.
    ///
    /// It may change from step to step with what the line carries (``LineGauge/piece``).
    public var piece: Int
    /// The longest file that goes whole with its creation (``LineGauge/whole``).
    public var whole: Int

    private let size: Int
    private var url: String?
    private var offset: Int?

    /// An upload of a file.
    ///
    /// - Parameter url: the address of an upload that was begun earlier; how far it came has to be asked.
    public init(size: Int, url: String?, piece: Int, whole: Int) {
        self.size = size
        self.piece = piece
        self.whole = whole
        self.url = url
    }

    /// The first bytes of a file that needs several requests.
    public static let beginning = 64 << 10

    /// A piece that does not end its file ends at a multiple of this where it can: files are sealed in chunks of this length, and one in
    /// which two pieces meet is opened twice.
    public static let alignment = 256 << 10

    /// How many bytes the portal holds, as far as is known.
    public var held: Int? { offset }

    /// What to do next.
    public var step: Step {
        // The address of an upload comes with the answer: what a line that broke had carried before is lost. So only a file that
        // takes little time goes whole with its creation; a longer one begins with little.
        guard let url else { return .create(count: size <= min(piece, whole) ? size : min(piece, Self.beginning, size)) }
        guard let offset else { return .askOffset(url: url) }
        guard offset < size else { return .finished(url: url) }
        let end = min(size, offset + piece)
        let aligned = end - end % Self.alignment
        return .append(url: url, offset: offset, count: (end < size && aligned > offset ? aligned : end) - offset)
    }

    /// The portal made the upload and holds so many bytes.
    public mutating func created(url: String, offset: Int) {
        self.url = url
        holds(offset)
    }

    /// The portal holds so many bytes.
    ///
    /// An offset beyond the file is another file's: begin anew.
    public mutating func holds(_ offset: Int) {
        if offset > size { lost() } else { self.offset = offset }
    }

    /// How much arrived is not known any more: ask.
    public mutating func uncertain() {
        offset = nil
    }

    /// The upload is gone: begin anew.
    public mutating func lost() {
        url = nil
        offset = nil
    }
}
