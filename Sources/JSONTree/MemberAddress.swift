// The name of a member of a list: its pointer with `@id` in the place of its number. When one member is removed, the numbers of
// the others change, their ids do not. Pages, merges and stored conflicts know members so.

extension JSONPointer {
    /// Where in a document an address leads now; nil where a member that it names is gone.
    public func located(in document: JSONValue) -> JSONPointer? {
        var value: JSONValue? = document
        var result: [String] = []
        for token in tokens {
            var token = token
            if let elements = value?.arrayValue, token.hasPrefix("@") {
                guard let index = elements.firstIndex(where: { $0["id"]?.stringValue == String(token.dropFirst()) }) else {
                    return nil
                }
                token = String(index)
            }
            value = value?[JSONPointer(tokens: [token])]
            result.append(token)
        }
        return JSONPointer(tokens: result)
    }

    /// The address of a place: each number of a member that has an id is replaced by `@id`.
    public func addressed(in document: JSONValue) -> JSONPointer {
        var value: JSONValue? = document
        var result: [String] = []
        for token in tokens {
            let isElement = value?.arrayValue != nil
            value = value?[JSONPointer(tokens: [token])]
            result.append(isElement ? value?["id"]?.stringValue.map { "@" + $0 } ?? token : token)
        }
        return JSONPointer(tokens: result)
    }
}

extension JSONValue {
    /// Puts a value where an address leads, or takes away what is there; a member that is not there yet goes to its list's end.
    ///
    /// - Returns: whether the place could be reached; nothing changed where it could not.
    public mutating func place(_ value: JSONValue?, at address: JSONPointer) -> Bool {
        if let pointer = address.located(in: self) {
            // What is not there need not be taken away.
            guard value != nil || self[pointer] != nil else { return true }
            return set(value, at: pointer)
        }
        let list = JSONPointer(tokens: Array(address.tokens.dropLast()))
        guard address.tokens.last?.hasPrefix("@") == true, let pointer = list.located(in: self),
            let elements = self[pointer]?.arrayValue
        else { return false }
        guard let value else { return true }
        return set(.array(elements + [value]), at: pointer)
    }
}
