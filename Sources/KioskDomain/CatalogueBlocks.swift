internal import JSONTree

/// Blocks: what several procedures share stands once in the catalogue, under `/blocks/<name>`, as a list.
///
/// In any list an element `{"use": "<name>", "at": "/applicant", …}` stands for the block's elements. In them every text that begins
/// with `@/` gets the pointer of `at` in the place of `@`, and the other members of the element are set over theirs.
///
/// The result is bounded: blocks that use blocks can make much out of little.
enum CatalogueBlocks {
    /// How many values an expanded catalogue may have; the one that is shipped has about 43,000.
    static let valueLimit = 400_000

    static func expand(_ catalogue: JSONValue) throws(JSONFault) -> JSONValue {
        guard case .object(var members) = catalogue else { throw JSONFault("the top level is no object") }
        let blocks = members.removeValue(forKey: "blocks")?.objectValue ?? [:]
        var room = valueLimit
        return try expand(.object(members), blocks: blocks, depth: 0, path: "", room: &room)
    }

    private static func expand(
        _ value: JSONValue, blocks: [String: JSONValue], depth: Int, path: String, room: inout Int
    ) throws(JSONFault) -> JSONValue {
        room -= 1
        guard room > 0 else { throw JSONFault("/blocks make more than \(valueLimit) values of it") }
        switch value {
        case .object(let members):
            var result: [String: JSONValue] = [:]
            for (name, member) in members {
                result[name] = try expand(member, blocks: blocks, depth: depth, path: "\(path)/\(name)", room: &room)
            }
            return .object(result)
        case .array(let elements):
            var result: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                let place = "\(path)/\(index)"
                guard let name = element["use"]?.stringValue else {
                    result.append(try expand(element, blocks: blocks, depth: depth, path: place, room: &room))
                    continue
                }
                guard depth < 8, let block = blocks[name]?.arrayValue else {
                    throw JSONFault("\(place)/use: there is no block «\(name)», or it uses itself")
                }
                let at = element["at"]?.stringValue ?? ""
                var over = element.objectValue ?? [:]
                over["use"] = nil
                over["at"] = nil
                let used = block.map { put(over, over: placed($0, at: at)) }
                let whole = try expand(.array(used), blocks: blocks, depth: depth + 1, path: place, room: &room)
                result += whole.arrayValue ?? []
            }
            return .array(result)
        default: return value
        }
    }

    private static func put(_ members: [String: JSONValue], over element: JSONValue) -> JSONValue {
        guard case .object(let own) = element else { return element }
        return .object(own.merging(members) { _, new in new })
    }

    private static func placed(_ value: JSONValue, at prefix: String) -> JSONValue {
        switch value {
        case .string(let text): .string(text.hasPrefix("@/") ? prefix + text.dropFirst() : text)
        case .array(let elements): .array(elements.map { placed($0, at: prefix) })
        case .object(let members): .object(members.mapValues { placed($0, at: prefix) })
        default: value
        }
    }
}
