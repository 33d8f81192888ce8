internal import HTTPServing
internal import KioskDomain
internal import KioskStore

/// What stands around every page: header, language switch, lock button.
struct PageFrame {
    let say: Tongue
    let options: KioskWebOptions
    let session: Session?
    /// The address that the language switch comes back to; ids only.
    let path: String

    func page(_ title: String, _ content: HTML, status: Int = 200, wide: Bool = false, assets: [String] = []) -> HTTPResponse {
        let language = say.language.rawValue
        let name = session?.store.identity.village
        let token: HTML = session.map { "<meta name=\"csrf-token\" content=\"\($0.csrf)\">" } ?? ""
        let idle: HTML = session == nil ? "" : "<meta name=\"idle-minutes\" content=\"\(options.sessionIdleMinutes)\">"
        let document: HTML = """
            <!doctype html>
            <html lang="\(language)"><head><meta charset="utf-8"><title>\(title) – \(say("Kiosk thôn", "Village kiosk"))</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">\(token)\(idle)
            <link rel="icon" href="\(Assets.path("icon.svg"))"><link rel="stylesheet" href="\(Assets.path("kiosk.css"))">
            <link rel="stylesheet" href="\(Assets.path("typing.css"))"><link rel="stylesheet" href="\(Assets.path("consent.css"))">
            <link rel="stylesheet" href="\(Assets.path("paper.css"))">
            \(styles(assets))\(scripts(assets))</head>
            <body><a class="skip" href="#main">\(say("Đến nội dung", "To the content"))</a>
            \(banner)<header class="top"><div class="inside">
            <a class="home" href="/"><span class="sign" aria-hidden="true"></span><span><b>\(name ?? say("Kiosk thôn", "Village kiosk"))</b>
            <small>\(say("Hồ sơ cư trú và căn cước", "Residence and citizen ID dossiers"))</small></span></a>
            <div class="tools">\(languageSwitch)\(lockButton)</div><div class="aids">\(typingSwitch)\(keyboardButton)</div></div></header>
            <main id="main"\(" class=\"wide\"", when: wide)>\(content)</main></body></html>
            """
        return document.response(status: status)
    }

    private var banner: HTML {
        guard let banner = options.trainingBanner else { return "" }
        return "<div class=\"training\" role=\"note\">\(say(banner))</div>"
    }

    private func styles(_ assets: [String]) -> HTML {
        let names = assets.filter { $0.hasSuffix(".css") }
        return "\(names.map { name -> HTML in "<link rel=\"stylesheet\" href=\"\(Assets.path(name))\">" })"
    }

    private func scripts(_ assets: [String]) -> HTML {
        let names =
            ["kiosk.js", "file-adder.js", "typing.js", "typing-page.js", "touch-keys.js", "card.js", "consent.js"]
            + assets.filter { $0.hasSuffix(".js") }
        return "\(names.map { name -> HTML in "<script src=\"\(Assets.path(name))\" defer></script>" })"
    }

    var csrf: HTML {
        guard let session else { return "" }
        return "<input type=\"hidden\" name=\"csrf\" value=\"\(session.csrf)\">"
    }

    private var languageSwitch: HTML {
        func button(_ language: Language, _ label: String) -> HTML {
            let pressed = say.language == language ? "true" : "false"
            return """
                <button name="lang" value="\(language.rawValue)" aria-pressed="\(pressed)" lang="\(language.rawValue)">\(label)</button>
                """
        }
        return """
            <form method="post" action="/language" class="languages">\(csrf)<input type="hidden" name="back" value="\(path)">
            \(button(.vi, "Tiếng Việt"))\(button(.en, "English"))</form>
            """
    }

    private var lockButton: HTML {
        guard let session else { return "" }
        return """
            <span class="who">\(session.store.operatorRow.name)</span>
            <form method="post" action="/lock" id="lock">\(csrf)<button class="lock">\(say("Khóa máy", "Lock"))</button></form>
            """
    }
}

extension Visit {
    /// A page of this visit.
    func page(_ title: String, _ content: HTML, status: Int = 200, wide: Bool = false, assets: [String] = []) -> HTTPResponse {
        let path = request.method == "GET" ? LocalPath.checked(request.target) : "/"
        return PageFrame(say: say, options: desk.options, session: session, path: path)
            .page(title, content, status: status, wide: wide, assets: assets)
    }

    /// The session's token, for every form.
    var csrf: HTML { "<input type=\"hidden\" name=\"csrf\" value=\"\(session.csrf)\">" }

    /// A link back to a page above.
    func back(_ path: String, _ label: String) -> HTML {
        "<p class=\"back\"><a href=\"\(path)\">← \(label)</a></p>"
    }

    /// A message that stands out.
    func notice(_ kind: NoticeKind, _ title: String, _ content: HTML = "") -> HTML {
        "<div class=\"notice \(kind.rawValue)\"><p class=\"notice-title\">\(title)</p>\(content)</div>"
    }
}

enum NoticeKind: String {
    case good, info, warn, bad
}
