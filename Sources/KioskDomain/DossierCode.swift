/// The portal's dossier code (mã hồ sơ), such as `G01.899.108.000-261123-0001` (`procedures.md` 2.5).
public enum DossierCode {
    /// The code that someone typed, perhaps on a keypad of digits only and without its points: letter, points and dashes are put
    /// back where the digits are as many as a code has; another text is taken in capitals, without spaces.
    ///
    /// - Returns: nil where nothing was typed, or more than any code has.
    public static func typed(_ text: String) -> String? {
        let plain = text.uppercased().filter { !$0.isWhitespace }
        guard !plain.isEmpty, plain.count <= 60 else { return nil }
        let digits = plain.filter { $0.isASCII && $0.isNumber }
        let others = plain.filter { !($0.isASCII && $0.isNumber) && !"G.-".contains($0) }
        guard others.isEmpty, (21...25).contains(digits.count) else { return plain }
        var rest = digits[...]
        func next(_ count: Int) -> Substring {
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        return "G\(next(2)).\(next(3)).\(next(3)).\(next(3))-\(next(6))-\(rest)"
    }
}
