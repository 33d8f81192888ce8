internal import CCurl
internal import Glibc
internal import KioskSync

/// What libcurl says of a transfer that had no answer, and what it means: one table.
///
/// None of it leaves this module: an error text of libcurl may hold an address.
struct CurlFault: Error, Sendable {
    /// libcurl's code.
    var code: CURLcode
    /// Whether the request may have arrived.
    var mayHaveActed: Bool
    /// What OpenSSL found when it verified the certificate (`X509_V_ERR_…`); 0 is nothing wrong, 1 that it was not asked yet.
    var verified = 0
    /// The operating system's code of the last connection that failed.
    var systemCode: Int32 = 0
    /// The status with which a proxy answered to CONNECT; 0 where there was none.
    var proxyStatus = 0
    /// What a SOCKS proxy said; 0 where nothing.
    var socksReply = 0
    /// Whether a proxy is in use.
    var usesProxy = false
    /// libcurl's text; for telling apart what shares a code, never shown or logged.
    var text = ""
    /// Whether the run was being stopped.
    var isStopped = false

    /// What the transfer's end means to the caller.
    var failure: PortalFailure {
        if isStopped { return .stopped(mayHaveActed: mayHaveActed) }
        switch code {
        // An answer over the limit or malformed did not come from the portal.
        case CURLE_WRITE_ERROR, CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            return .notThePortal
        default: return .line(mayHaveActed: mayHaveActed, trouble: trouble)
        }
    }

    private var trouble: LineTrouble {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: .nameUnknown
        case CURLE_COULDNT_RESOLVE_PROXY: .noProxy
        case CURLE_PROXY: socksTrouble
        case _ where proxyStatus == 407: .proxyLogin
        case _ where proxyStatus >= 300: .proxyRefused
        case CURLE_COULDNT_CONNECT:
            usesProxy ? .noProxy : [ENETUNREACH, EHOSTUNREACH, ENETDOWN].contains(systemCode) ? .noNetwork : .refused
        case CURLE_OPERATION_TIMEDOUT: .silent
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: .wrongKey
        case CURLE_SSL_CACERT_BADFILE: .noAuthorities
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR: certificateTrouble
        // The line broke under the handshake: libcurl gives it the code of a handshake that failed.
        case CURLE_SSL_CONNECT_ERROR:
            ["SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof", "timed out"].contains(where: text.contains)
                ? .broken : .noTLS
        case CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED: .noTLS
        default: .broken
        }
    }

    /// OpenSSL's codes (`openssl/x509_vfy.h`); a name that does not match is libcurl's own finding, before or after it asks OpenSSL.
    private var certificateTrouble: LineTrouble {
        switch verified {
        case 0, 1, 62: .wrongHost
        case 9: .notYetValid
        case 10: .expired
        default: .untrusted
        }
    }

    private var socksTrouble: LineTrouble {
        switch CURLproxycode(UInt32(socksReply)) {
        case CURLPX_USER_REJECTED, CURLPX_NO_AUTH, CURLPX_REQUEST_FAILED, CURLPX_IDENTD, CURLPX_IDENTD_DIFFER: .proxyLogin
        case CURLPX_REPLY_NOT_ALLOWED, CURLPX_REPLY_COMMAND_NOT_SUPPORTED: .proxyRefused
        case CURLPX_REPLY_HOST_UNREACHABLE, CURLPX_RESOLVE_HOST: .nameUnknown
        case CURLPX_REPLY_CONNECTION_REFUSED: .refused
        case CURLPX_REPLY_NETWORK_UNREACHABLE, CURLPX_REPLY_GENERAL_SERVER_FAILURE, CURLPX_REPLY_TTL_EXPIRED: .proxyRefused
        default: .noProxy
        }
    }
}

extension AnswerFacts {
    /// What stands in the portal's place when an answer is not the contract's.
    var stranger: LineTrouble {
        switch status {
        case 300...303, 305...399: .redirect
        case 407: .proxyLogin
        case 511: .page
        default: isPage ? .page : .notThePortal
        }
    }
}
