internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Desk {
    func unlockPage(_ request: HTTPRequest) async throws -> HTTPResponse {
        let say = Tongue(request)
        let idle =
            request.query["idle"] == "1"
            ? LocalText(
                vi: "Máy tự khóa vì lâu không dùng. Mọi điều máy báo đã lưu vẫn còn.",
                en: "The kiosk locked itself for want of use. All that it called saved is there.") : nil
        return try await unlockPage(request, next: LocalPath.checked(request.query["next"]), note: idle.map { say($0) })
    }

    private func unlockPage(
        _ request: HTTPRequest, next: String, note: String? = nil, refusal: String? = nil, chosen: String? = nil,
        status: Int = 200
    ) async throws -> HTTPResponse {
        let say = Tongue(request)
        let people = try await store.operators()
        let identity = try await store.identity()
        let names: HTML =
            people.count < 2
            ? ""
            : """
            <fieldset class="field"><legend>\(say("Ai dùng máy?", "Who is here?"))</legend><div class="choices">
            \(people.enumerated().map { index, person -> HTML in
                """
                <label class="choice"><input type="radio" name="operator" value="\(person.name)" required
                \("checked", when: person.name == chosen || (chosen == nil && index == 0))><span>\(person.name)</span></label>
                """
            })</div></fieldset>
            """
        let warning: HTML =
            refusal.map {
                "<div class=\"notice bad\" role=\"alert\"><p class=\"notice-title\">\($0)</p></div>"
            } ?? ""
        let info: HTML = note.map { "<div class=\"notice info\"><p>\($0)</p></div>" } ?? ""
        let hint: HTML =
            options.trainingPIN.map {
                "<p class=\"hint\">\(say("Mã PIN tập huấn:", "Training PIN:")) <b>\($0)</b></p>"
            } ?? ""
        let invalid: HTML = refusal == nil ? "" : " aria-invalid=\"true\""
        return PageFrame(say: say, options: options, session: nil, path: LocalPath.checked("/unlock")).page(
            say("Mở khóa", "Unlock"),
            """
            <div class="card narrow unlock"><p class="over">\(identity.village)</p><h1>\(say("Mở khóa máy", "Unlock the kiosk"))</h1>
            \(warning)\(info)<form method="post" action="/unlock" autocomplete="off">
            <input type="hidden" name="next" value="\(next)">\(names)
            <div class="field"><label for="pin">\(say("Mã PIN", "PIN"))</label>
            <input id="pin" class="pin" type="password" name="pin" required autofocus autocomplete="off" inputmode="numeric"\(invalid)>
            \(hint)</div><button class="button primary block">\(say("Mở khóa", "Unlock"))</button></form></div>
            \(try await publicAnnouncements(say))\(publicLinks(say))
            """, status: status)
    }

    func unlock(_ request: HTTPRequest) async throws -> HTTPResponse {
        let fields = try await request.form()
        let next = LocalPath.checked(fields["next"])
        let instant = now()
        do {
            let unlocked = try await store.unlock(
                operatorName: fields["operator"], pin: fields["pin"] ?? "", catalogue: ownCatalogue, isConfigured: isConfigured,
                now: instant)
            // A token of before the unlocking is never taken over (session fixation).
            if let old = request.cookie(SessionBook.cookie) { sessions.end(old) }
            let typing = TypingChoice(try await unlocked.preference(TypingChoice.preference))
            let session = Session(
                token: try token(bytes: 32), csrf: try token(bytes: 32), store: unlocked, typing: typing, uptime: uptime())
            sessions.add(session)
            await onUnlock(unlocked)
            return HTTPResponse.redirect(to: next)
                .with("Set-Cookie", "\(SessionBook.cookie)=\(session.token); Path=/; HttpOnly; SameSite=Strict")
        } catch let error as StoreError {
            guard error.status == 403 || error.status == 429 || error.status == 404 else { throw error }
            let text = Tongue(request)(StoreErrorWords.text(error))
            return try await unlockPage(request, next: next, refusal: text, chosen: fields["operator"], status: error.status)
        }
    }

    func chooseLanguage(_ request: HTTPRequest) async throws -> HTTPResponse {
        let fields = try await request.form()
        if let session = sessions.session(request.cookie(SessionBook.cookie), uptime: uptime(), touching: true) {
            guard let token = fields["csrf"], Doorkeeper.same(token, session.csrf) else {
                throw HTTPFault(403, "the page's token is wrong")
            }
        }
        let language = fields["lang"].flatMap(Language.init) ?? .vi
        return HTTPResponse.redirect(to: LocalPath.checked(fields["back"]))
            .with("Set-Cookie", "\(Tongue.cookie)=\(language.rawValue); Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict")
    }
}

extension Visit {
    func lock() async throws -> HTTPResponse {
        desk.sessions.end(session.token)
        return HTTPResponse.redirect(to: "/unlock")
            .with("Set-Cookie", "\(SessionBook.cookie)=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
    }
}
