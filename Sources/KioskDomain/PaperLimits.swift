public import JSONTree

/// How heavy papers may be.
///
/// The portal's stand in its catalogue; a kiosk's configuration goes before them.
public struct PaperLimits: Codable, Equatable, Sendable {
    /// From how many MB the image of a page is better made smaller; advice only.
    public var pageMegabytes: Int?
    /// The largest file that is taken in, in MB.
    public var fileMegabytes: Int?
    /// How many MB a dossier's papers may have together; a heavier dossier is not sealed.
    public var dossierMegabytes: Int?
    /// Which of these nobody has confirmed at the portal.
    public var unverified: [String]?

    /// Limits; nil where there is none.
    public init(page: Int? = nil, file: Int? = nil, dossier: Int? = nil) {
        pageMegabytes = page
        fileMegabytes = file
        dossierMegabytes = dossier
    }

    /// The largest file that is taken in, in bytes, where nobody says otherwise.
    public static let usualFileBytes = 256 * 1_048_576

    /// The same in bytes; nil where it is not limited.
    public var pageBytes: Int? { pageMegabytes.map { $0 * 1_048_576 } }
    /// The same in bytes.
    public var fileBytes: Int { fileMegabytes.map { $0 * 1_048_576 } ?? Self.usualFileBytes }
    /// The same in bytes; nil where it is not limited.
    public var dossierBytes: Int? { dossierMegabytes.map { $0 * 1_048_576 } }

    /// These limits, and another's where these say nothing.
    public func completed(by other: PaperLimits?) -> PaperLimits {
        var limits = PaperLimits(
            page: pageMegabytes ?? other?.pageMegabytes, file: fileMegabytes ?? other?.fileMegabytes,
            dossier: dossierMegabytes ?? other?.dossierMegabytes)
        limits.unverified = unverified ?? other?.unverified
        return limits
    }

    func check(at path: String) throws(JSONFault) {
        for (name, value) in [
            ("pageMegabytes", pageMegabytes), ("fileMegabytes", fileMegabytes), ("dossierMegabytes", dossierMegabytes),
        ] {
            if let value, !(1...4096).contains(value) { throw JSONFault("\(path)/\(name) is \(value), not 1 to 4096") }
        }
    }
}

/// What sealing asks of a paper.
public struct AttachedPaper: Equatable, Sendable {
    /// The component that it proves.
    public var component: String
    /// Its media type.
    public var mediaType: String
    /// Its length in bytes.
    public var size: Int
    /// Whether it can be a page of a PDF that several pictures are joined to (``ImagePDF/canEmbed(_:)``).
    public var canJoin: Bool

    /// A paper.
    public init(component: String, mediaType: String, size: Int, canJoin: Bool) {
        self.component = component
        self.mediaType = mediaType
        self.size = size
        self.canJoin = canJoin
    }
}

extension Form {
    /// What keeps the papers from being sent: one that is missing, that the portal cannot read, or too heavy.
    public func paperIssues(for answers: JSONValue, papers: [AttachedPaper], limits: PaperLimits) -> [FormIssue] {
        var issues = paperIssues(for: answers, attached: Dictionary(grouping: papers, by: \.component).mapValues(\.count))
        for id in procedure.components.map(\.id) {
            guard let component = procedure.component(id) else { continue }
            let own = papers.filter { $0.component == id }
            let pointer = JSONPointer(tokens: ["attachments", id])
            if own.contains(where: { !MediaType.accepted.contains($0.mediaType) }) {
                issues.append(
                    FormIssue(
                        pointer: pointer, code: "unreadable-paper", severity: .error, message: Messages.unreadable(component)))
            }
            let isJoined = component.oneFile == true && own.count > 1
            if isJoined, !own.allSatisfy(\.canJoin) {
                issues.append(
                    FormIssue(pointer: pointer, code: "not-one-file", severity: .error, message: Messages.notOneFile(component)))
            }
            if own.contains(where: { $0.size > limits.fileBytes })
                || isJoined && own.reduce(0, { $0 + $1.size }) > limits.fileBytes
            {
                issues.append(
                    FormIssue(
                        pointer: pointer, code: "file-too-heavy", severity: .error,
                        message: Messages.tooHeavy(component, limit: limits.fileBytes)))
            }
        }
        let total = papers.reduce(0) { $0 + $1.size }
        if let limit = limits.dossierBytes, total > limit {
            issues.append(
                FormIssue(
                    pointer: JSONPointer(tokens: ["attachments"]), code: "dossier-too-heavy", severity: .error,
                    message: Messages.tooHeavy(total: total, limit: limit)))
        }
        return issues
    }
}
