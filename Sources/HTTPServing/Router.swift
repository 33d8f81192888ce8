/// Finds the handler for a method and a path.
///
/// Patterns are literal segments and `{name}` segments.
public struct Router: Sendable {
    /// What answers a request.
    public typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

    struct Route: Sendable {
        let method: String
        let pattern: [String]
        let handler: Handler
    }

    private(set) var routes: [Route] = []

    /// A router without routes.
    public init() {}

    /// Adds a route, such as `on("GET", "/dossiers/{id}")`.
    public mutating func on(_ method: String, _ pattern: String, _ handler: @escaping Handler) {
        routes.append(Route(method: method, pattern: pattern.split(separator: "/").map(String.init), handler: handler))
    }

    /// The handler for a request, and the request with its route parameters.
    ///
    /// - Throws: ``HTTPFault`` 404 or 405 as a response error with `Allow`.
    public func route(_ request: HTTPRequest) throws -> (Handler, HTTPRequest) {
        var allowed: [String] = []
        let method =
            request.method == "HEAD" && !routes.contains { $0.method == "HEAD" && match($0.pattern, request.path) != nil }
            ? "GET" : request.method
        for route in routes {
            guard let parameters = match(route.pattern, request.path) else { continue }
            guard route.method == method else {
                allowed.append(route.method)
                continue
            }
            var routed = request
            routed.parameters = parameters
            return (route.handler, routed)
        }
        guard !allowed.isEmpty else { throw HTTPFault(404, "nothing is here") }
        throw NotAllowed(methods: Array(Set(allowed)).sorted())
    }

    /// Answers a request; errors that know their answer are answered, others are thrown on.
    ///
    /// - Throws: what the handler throws and is no ``HTTPResponseError``.
    public func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        do {
            let (handler, routed) = try route(request)
            return try await handler(routed)
        } catch let error as any HTTPResponseError {
            return error.response
        }
    }

    func match(_ pattern: [String], _ path: [String]) -> [String: String]? {
        guard pattern.count == path.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, segment) in zip(pattern, path) {
            if part.hasPrefix("{") {
                guard !segment.isEmpty else { return nil }
                parameters[String(part.dropFirst().dropLast())] = segment
            } else if part != segment {
                return nil
            }
        }
        return parameters
    }

    private struct NotAllowed: HTTPResponseError {
        let methods: [String]
        var response: HTTPResponse {
            HTTPFault(405, "this method is not allowed here").response.with("Allow", methods.joined(separator: ", "))
        }
    }
}
