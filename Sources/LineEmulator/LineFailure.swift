/// A line could not be laid: the call and the system's words.
public struct LineFailure: Error, CustomStringConvertible {
    /// What failed.
    public let description: String
}
