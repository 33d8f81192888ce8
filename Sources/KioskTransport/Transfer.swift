internal import CCurl
internal import KioskSync
internal import Synchronization

/// Easy handles kept for the next transfer: a new one takes its buffers anew.
final class EasyHandles: Sendable {
    /// A raw pointer is not `Sendable`; an idle handle is nobody's, and the lock hands it to one.
    private struct Idle: @unchecked Sendable {
        var handles: [UnsafeMutableRawPointer] = []
    }

    private let idle = Mutex(Idle())
    private let most: Int

    init(most: Int) { self.most = most }

    deinit { idle.withLock { idle in idle.handles.forEach { curl_easy_cleanup($0) } } }

    func take() -> UnsafeMutableRawPointer {
        if let handle = idle.withLock({ $0.handles.popLast() }) { return handle }
        guard let handle = curl_easy_init() else { preconditionFailure("libcurl has no memory for a transfer") }
        return handle
    }

    func give(_ handle: UnsafeMutableRawPointer) {
        // Nothing of the last request stays, neither its token nor its buffers' addresses.
        curl_easy_reset(handle)
        let isKept = idle.withLock { idle in
            guard idle.handles.count < most else { return false }
            idle.handles.append(handle)
            return true
        }
        if !isKept { curl_easy_cleanup(handle) }
    }
}

/// One transfer: an easy handle with its buffers.
///
/// Touched by its maker until it is handed over, by the loop's queue after that.
final class Transfer: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer
    private let handles: EasyHandles
    private let done: (Result<CurlAnswer, CurlFault>, _ sent: Int, _ received: Int) -> Void
    private let answerLimit: Int
    private let keepsHeadOverLimit: Bool
    private var isOverLimit = false
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let body: OutgoingBytes?
    private var bodyGiven = 0
    /// Bytes of the answer's head.
    private var headTaken = 0
    /// What all transfers together may send; touched by the loop only.
    var meter: SendMeter?
    /// Whether it waits for the meter.
    private(set) var isPaused = false
    private var received: [UInt8] = []
    private var headers: [String: String] = [:]
    private let usesProxy: Bool
    /// Where libcurl writes what went wrong; it wants the place to stay.
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(
        _ request: CurlRequest, setting: CurlSetting, handles: EasyHandles,
        done: @escaping (Result<CurlAnswer, CurlFault>, Int, Int) -> Void
    ) {
        self.handles = handles
        handle = handles.take()
        self.done = done
        answerLimit = request.answerLimit
        keepsHeadOverLimit = request.keepsHeadOverLimit
        body = request.body
        usesProxy = setting.proxy != nil && request.url.hasPrefix("https:")
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        ccurl_set_buffer(handle, CURLOPT_ERRORBUFFER, errorText)
        ccurl_set_string(handle, CURLOPT_URL, request.url)
        ccurl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_string(handle, CURLOPT_USERAGENT, "village-kiosk/1")
        ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT, min(setting.connectSeconds, request.stallSeconds ?? .max))
        ccurl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        ccurl_set_long(handle, CURLOPT_LOW_SPEED_TIME, min(setting.stallSeconds, request.stallSeconds ?? .max))
        ccurl_set_long(handle, CURLOPT_TIMEOUT, setting.longestSeconds(for: request.body?.count ?? 0))
        // Four chunks of a file at a time: they are opened in it, and each reading locks the file once.
        ccurl_set_long(handle, CURLOPT_UPLOAD_BUFFERSIZE, 4 * UploadMachine.alignment)
        ccurl_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        // Unpacked bytes are what the answer's limit counts.
        if request.acceptsCompression { ccurl_set_string(handle, CURLOPT_ACCEPT_ENCODING, "gzip") }
        setTrust(setting)
        setProxy(setting)
        let context = Unmanaged.passUnretained(self).toOpaque()
        setMethod(request, context)
        setHeaders(request.headers)
        ccurl_set_data_callback(handle, CURLOPT_WRITEFUNCTION, takeBody)
        ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        ccurl_set_data_callback(handle, CURLOPT_HEADERFUNCTION, takeHeader)
        ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
    }

    deinit {
        handles.give(handle)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// Who is believed to be the portal.
    ///
    /// What libcurl does by itself is said all the same: it is not for a default to change.
    private func setTrust(_ setting: CurlSetting) {
        ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        for version in [CURLOPT_SSLVERSION, CURLOPT_PROXY_SSLVERSION] {
            ccurl_set_long(handle, version, CURL_SSLVERSION_TLSv1_2)
        }
        if let authorities = setting.authorities {
            ccurl_set_string(handle, CURLOPT_CAINFO, authorities)
            // Else the system's authorities would be trusted beside it.
            ccurl_set_string(handle, CURLOPT_CAPATH, nil)
        }
        if let key = setting.pinnedPublicKey { ccurl_set_string(handle, CURLOPT_PINNEDPUBLICKEY, key) }
    }

    /// The way there: by the configured proxy or by none, whatever `http_proxy` and its like say.
    private func setProxy(_ setting: CurlSetting) {
        ccurl_set_string(handle, CURLOPT_NOPROXY, "")
        guard usesProxy, let proxy = setting.proxy else {
            ccurl_set_string(handle, CURLOPT_PROXY, "")
            return
        }
        ccurl_set_string(handle, CURLOPT_PROXY, proxy.address.description)
        guard let login = proxy.login else { return }
        ccurl_set_string(handle, CURLOPT_PROXYUSERNAME, login.name)
        ccurl_set_string(handle, CURLOPT_PROXYPASSWORD, login.password)
        // The best that the proxy offers; what is sealed inside the tunnel no proxy sees.
        ccurl_set_long(handle, CURLOPT_PROXYAUTH, ccurl_proxy_auth)
    }

    private func setMethod(_ request: CurlRequest, _ context: UnsafeMutableRawPointer) {
        if request.method == "HEAD" {
            ccurl_set_long(handle, CURLOPT_NOBODY, 1)
        } else if let body {
            // By a callback and without one to rewind: libcurl would send a body again by itself where a kept-open connection broke
            // under it, a whole piece for nothing.
            ccurl_set_long(handle, CURLOPT_UPLOAD, 1)
            ccurl_set_data_callback(handle, CURLOPT_READFUNCTION, giveBody)
            ccurl_set_pointer(handle, CURLOPT_READDATA, context)
            ccurl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(body.count))
            ccurl_set_string(handle, CURLOPT_CUSTOMREQUEST, request.method)
        } else {
            ccurl_set_string(handle, CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func setHeaders(_ headers: [(name: String, value: String)]) {
        // Waiting for "100 Continue" would double the round trips of a bad line.
        headerList = curl_slist_append(nil, "Expect:")
        for (name, value) in headers { headerList = curl_slist_append(headerList, "\(name): \(value)") }
        ccurl_set_list(handle, CURLOPT_HTTPHEADER, headerList)
    }

    fileprivate func give(_ space: UnsafeMutableRawBufferPointer) -> Int {
        guard let body, bodyGiven < body.count else { return 0 }
        let wanted = min(space.count, body.count - bodyGiven)
        let allowed = meter?.allowance(wanted) ?? wanted
        guard allowed > 0 else {
            isPaused = true
            return Int(CURL_READFUNC_PAUSE)
        }
        guard let count = body.read(from: bodyGiven, into: UnsafeMutableRawBufferPointer(rebasing: space.prefix(allowed)))
        else { return Int(CURL_READFUNC_ABORT) }
        meter?.take(count)
        bodyGiven += count
        return count
    }

    /// Goes by no connection that is older than so many seconds.
    func avoidConnections(olderThan seconds: Int) { ccurl_set_long(handle, CURLOPT_MAXLIFETIME_CONN, max(1, seconds)) }

    /// Goes on where the meter has let it wait.
    func resume() {
        isPaused = false
        curl_easy_pause(handle, CURLPAUSE_CONT)
    }

    fileprivate func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        isOverLimit = received.count + bytes.count > answerLimit
        if !isOverLimit { received += bytes }
        return !isOverLimit
    }

    fileprivate func take(headerLine line: UnsafeBufferPointer<UInt8>) {
        headTaken += line.count
        if line.starts(with: "HTTP/".utf8) {
            headers = [:]  // what came before was an informational answer
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), headers.count < 200 else { return }
        func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
            String(decoding: UnsafeBufferPointer(rebasing: bytes), as: UTF8.self)
        }
        let value = line[(colon + 1)...].drop(while: Self.isSpace)
        let end = value.lastIndex { !Self.isSpace($0) }.map { $0 + 1 } ?? value.startIndex
        headers[text(line[..<colon]).lowercased()] = text(value[..<end])
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Called once, when libcurl is done with the transfer.
    ///
    /// - Parameter isStopped: whether it was broken off because the run is being stopped.
    func end(_ code: CURLcode, isStopped: Bool = false) {
        let hasHeadOnly = isOverLimit && keepsHeadOverLimit
        if code == CURLE_OK || hasHeadOnly {
            var status = 0
            ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
            let body = hasHeadOnly ? [] : received
            done(
                .success(CurlAnswer(status: status, headers: headers, body: body, isOverLimit: hasHeadOnly)), bodyGiven,
                bytesTaken)
            return
        }
        // libcurl counts the request's head here as soon as it went to the socket.
        var requestSize = 0
        ccurl_get_long(handle, CURLINFO_REQUEST_SIZE, &requestSize)
        var fault = CurlFault(code: code, mayHaveActed: requestSize + bodyGiven > 0)
        fault.verified = number(CURLINFO_SSL_VERIFYRESULT)
        fault.systemCode = Int32(truncatingIfNeeded: number(CURLINFO_OS_ERRNO))
        fault.proxyStatus = number(CURLINFO_HTTP_CONNECTCODE)
        fault.socksReply = number(CURLINFO_PROXY_ERROR)
        fault.usesProxy = usesProxy
        fault.text = String(cString: errorText)
        fault.isStopped = isStopped
        done(.failure(fault), bodyGiven, bytesTaken)
    }

    /// What came over the line, as it came.
    private var bytesTaken: Int {
        var bodies: curl_off_t = 0
        ccurl_get_offset(handle, CURLINFO_SIZE_DOWNLOAD_T, &bodies)
        return headTaken + Int(bodies)
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        ccurl_get_long(handle, info, &value)
        return value
    }
}

private let giveBody: ccurl_data_callback = { space, size, count, context in
    guard let space, let context else { return 0 }
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        .give(UnsafeMutableRawBufferPointer(start: space, count: size * count))
}

private let takeBody: ccurl_data_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let length = size * count
    let taken = bytes.withMemoryRebound(to: UInt8.self, capacity: length) { start in
        Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().take(UnsafeBufferPointer(start: start, count: length))
    }
    return taken ? length : 0
}

private let takeHeader: ccurl_data_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let length = size * count
    bytes.withMemoryRebound(to: UInt8.self, capacity: length) { start in
        Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            .take(headerLine: UnsafeBufferPointer(start: start, count: length))
    }
    return length
}
