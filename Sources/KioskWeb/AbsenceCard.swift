internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// What there is to say and to do where the portal does not hold a dossier any more that it had confirmed.
    func absenceCard(code: String, status: PortalStatus) -> HTML {
        notice(
            .bad, say("Cổng không còn giữ hồ sơ này", "The portal does not hold this dossier any more"),
            """
            <p>\(say("Cổng từng nhận hồ sơ với mã", "The portal had taken it under the code")) <b>\(code)</b> (\(say(status.name))). \(
                say("Có thể cổng đã phải khôi phục dữ liệu cũ. Hồ sơ và giấy tờ vẫn còn nguyên trong máy này.",
                    "It may have been restored from old data. The dossier and its papers are whole on this machine."))</p>
            <p>\(say("Hãy gọi hỏi Công an xã. Nếu họ chưa có hồ sơ thì bấm «Gửi lại» ở trên: máy gửi đúng bản đã ghi nhận, không gửi trùng. Nếu họ đã nhận lại rồi thì chờ, máy tự biết khi cổng có lại.",
                "Call the commune police. If they have no such dossier, press “Send it again” above: what was sealed goes once more, never twice. If they have taken it in again, wait; the machine hears of it from the portal."))</p>
            """)
    }

    func sendAgain() async throws -> HTTPResponse {
        try await store.sendAgain(parameter("id"), now: now)
        return .redirect(to: "/dossiers/\(parameter("id"))")
    }
}
