internal import HTTPServing

/// Every address of the kiosk.
enum Routes {
    static func router(_ desk: Desk) -> Router {
        var router = Router()
        router.on("GET", "/assets/{name}") { try Assets.response($0.parameter("name")) }
        router.on("GET", "/unlock") { try await desk.unlockPage($0) }
        router.on("GET", "/public/lookup") { try await desk.lookUpPage($0) }
        router.on("POST", "/public/lookup") { try await desk.lookUp($0) }
        router.on("GET", "/public/steps") { desk.stepsPage($0) }
        router.on("GET", "/public/bring") { try await desk.bringPage($0) }
        router.on("GET", "/public/hours") { desk.hoursPage($0) }
        router.on("POST", "/unlock") { try await desk.unlock($0) }
        router.on("POST", "/language") { try await desk.chooseLanguage($0) }
        router.on("POST", "/lock", desk.visited { try await $0.lock() })
        router.on("POST", "/typing", desk.visited { try await $0.chooseTyping() })
        router.on("GET", "/session", desk.visited { try .encoded(["csrf": $0.session.csrf]) })
        router.on("GET", "/", desk.visited { try await $0.home() })
        form(desk, &router)
        papers(desk, &router)
        consent(desk, &router)
        dossiers(desk, &router)
        sync(desk, &router)
        village(desk, &router)
        return router
    }

    /// What the village hears of and the commune gets of it.
    private static func village(_ desk: Desk, _ router: inout Router) {
        router.on("POST", "/announcements/{id}/read", desk.visited { try await $0.readAnnouncement() })
        router.on("GET", "/reports", desk.visited { try await $0.reportsPage() })
        router.on("GET", "/reports/{period}", desk.visited { try await $0.reportPage() })
        router.on("GET", "/reports/{period}/print", desk.visited { try await $0.printedReport() })
        router.on("GET", "/reports/{period}/csv", desk.visited { try await $0.reportFile(.csv) })
        router.on("GET", "/reports/{period}/json", desk.visited { try await $0.reportFile(.json) })
        router.on("POST", "/reports/{period}/send", desk.visited { try await $0.sendReport() })
        router.on("GET", "/outreach", desk.visited { try await $0.outreachPage() })
        router.on("POST", "/outreach", desk.visited { try await $0.logOutreach() })
        router.on("GET", "/outreach/{entry}/photo", desk.visited { try await $0.outreachPhoto() })
        router.on("POST", "/outreach/{entry}/photo", desk.visited { try await $0.uploadOutreachPhoto() })
        router.on("POST", "/outreach/{entry}/remove", desk.visited { try await $0.removeOutreach() })
        router.on("GET", "/outreach/text/{group}", desk.visited { try $0.outreachText() })
    }

    private static func form(_ desk: Desk, _ router: inout Router) {
        router.on("GET", "/dossiers/new", desk.visited { $0.proceduresPage() })
        router.on("GET", "/guide", desk.visited { try $0.guidePage() })
        router.on("POST", "/dossiers/new", desk.visited { try await $0.begin() })
        router.on("GET", "/dossiers/{id}/form", desk.visited { try await $0.resume() })
        router.on("GET", "/dossiers/{id}/form/{section}", desk.visited { try await $0.formPage() })
        router.on("POST", "/dossiers/{id}/form/{section}", desk.visited { try await $0.saveSection() })
        router.on("POST", "/dossiers/{id}/answers", desk.visited { try await $0.autosave() })
        router.on("POST", "/dossiers/{id}/card", desk.visited { try await $0.scanCard() })
        router.on("GET", "/dossiers/{id}/review", desk.visited { try await $0.reviewPage() })
        router.on("POST", "/dossiers/{id}/review", desk.visited { try await $0.seal() })
        router.on("GET", "/dossiers/{id}/receipt", desk.visited { try await $0.receiptPage() })
        router.on("GET", "/dossiers/{id}/script", desk.visited { try await $0.phoneScriptPage() })
        router.on("GET", "/dossiers/{id}/sheet", desk.visited { try await $0.sheetPage() })
        router.on("GET", "/dossiers/{id}/wish", desk.visited { try await $0.wishPage() })
        router.on("GET", "/slips/{id}", desk.visited { try $0.slipPage() })
    }

    private static func papers(_ desk: Desk, _ router: inout Router) {
        router.on("GET", "/dossiers/{id}/papers", desk.visited { try await $0.papersPage() })
        router.on("POST", "/dossiers/{id}/papers", desk.visited { try await $0.upload() })
        router.on("GET", "/scanner", desk.visited { try await $0.scannerState() })
        router.on("POST", "/scanner/cancel", desk.visited { try await $0.cancelScan() })
        router.on("GET", "/dossiers/{id}/scan", desk.visited { try await $0.scanPage() })
        router.on("POST", "/dossiers/{id}/papers/scan", desk.visited { try await $0.scan() })
        router.on("POST", "/dossiers/{id}/papers/folder", desk.visited { try await $0.takeFromFolder() })
        router.on("GET", "/dossiers/{id}/papers/{paper}/content", desk.visited { try await $0.paperContent() })
        router.on("POST", "/dossiers/{id}/papers/{paper}/remove", desk.visited { try await $0.removePaper() })
        router.on("GET", "/dossiers/{id}/papers/{paper}/original", desk.visited { try await $0.originalContent() })
        router.on("POST", "/dossiers/{id}/papers/{paper}/move", desk.visited { try await $0.movePaper() })
        router.on("POST", "/dossiers/{id}/originals", desk.visited { try await $0.uploadOriginal() })
        router.on("POST", "/dossiers/{id}/papers-order", desk.visited { try await $0.orderPapers() })
        router.on("POST", "/dossiers/{id}/papers-earlier", desk.visited { try await $0.showEarlierPapers() })
        router.on("POST", "/dossiers/{id}/papers-reuse", desk.visited { try await $0.reusePaper() })
    }

    private static func consent(_ desk: Desk, _ router: inout Router) {
        router.on("POST", "/dossiers/{id}/consent/page", desk.visited { try await $0.uploadConsentPage() })
        router.on("GET", "/dossiers/{id}/consent/page", desk.visited { try await $0.waitingConsentPage() })
        router.on("POST", "/dossiers/{id}/consent/withdraw", desk.visited { try await $0.withdrawConsent() })
        router.on("GET", "/dossiers/{id}/consents/{revision}", desk.visited { try await $0.consentPage() })
        router.on("GET", "/dossiers/{id}/consents/{revision}/page", desk.visited { try await $0.sealedConsentPage() })
    }

    private static func dossiers(_ desk: Desk, _ router: inout Router) {
        router.on("GET", "/dossiers", desk.visited { try await $0.listPage() })
        router.on("POST", "/search", desk.visited { try await $0.search() })
        router.on("GET", "/search/{search}", desk.visited { try await $0.searchPage() })
        router.on("GET", "/attention", desk.visited { try await $0.attentionPage() })
        router.on("POST", "/attention", desk.visited { try await $0.findWork() })
        router.on("GET", "/attention/calls", desk.visited { try await $0.callListPage() })
        router.on("GET", "/announcements/{id}", desk.visited { try await $0.announcementPage() })
        router.on("GET", "/accounts", desk.visited { try await $0.accountsPage() })
        router.on("GET", "/accounts/{account}", desk.visited { try await $0.accountPage() })
        router.on("GET", "/dossiers/{id}/doubt", desk.visited { try await $0.doubtPage() })
        router.on("POST", "/accounts/{account}/digit", desk.visited { try await $0.pressDigit() })
        router.on("POST", "/accounts/{account}/code", desk.visited { try await $0.enterCode() })
        router.on("POST", "/accounts/{account}/new-code", desk.visited { try await $0.askNewCode() })
        router.on("GET", "/dossiers/{id}", desk.visited { try await $0.dossierPage() })
        router.on("POST", "/dossiers/{id}/reopen", desk.visited { try await $0.reopen() })
        router.on("GET", "/dossiers/{id}/referral", desk.visited { try await $0.referralPage() })
        router.on("POST", "/dossiers/{id}/told", desk.visited { try await $0.noteTold() })
        router.on("POST", "/dossiers/{id}/file-anew", desk.visited { try await $0.fileAnew() })
        router.on("POST", "/dossiers/{id}/park", desk.visited { try await $0.parkDossier() })
        router.on("POST", "/dossiers/{id}/unpark", desk.visited { try await $0.unparkDossier() })
        router.on("GET", "/dossiers/{id}/conflict", desk.visited { try await $0.conflictPage() })
        router.on("POST", "/dossiers/{id}/conflict", desk.visited { try await $0.decideConflict() })
        router.on("POST", "/dossiers/{id}/conflict/undo", desk.visited { try await $0.undoConflict() })
        router.on("POST", "/dossiers/{id}/explain", desk.visited { try await $0.explainDuplicate() })
        router.on("GET", "/dossiers/{id}/withdraw", desk.visited { try await $0.withdrawalPage() })
        router.on("POST", "/dossiers/{id}/withdraw", desk.visited { try await $0.withdrawDossier() })
        router.on("POST", "/dossiers/{id}/withdraw/cancel", desk.visited { try await $0.cancelWithdrawal() })
        router.on("POST", "/dossiers/{id}/stop-mending", desk.visited { try await $0.stopMending() })
        router.on("GET", "/dossiers/{id}/result", desk.visited { try await $0.resultPage() })
        router.on("POST", "/dossiers/{id}/send-again", desk.visited { try await $0.sendAgain() })
        router.on("POST", "/dossiers/{id}/account", desk.visited { try await $0.correctAccount() })
        router.on("GET", "/dossiers/{id}/discard", desk.visited { try await $0.discardPage() })
        router.on("POST", "/dossiers/{id}/discard", desk.visited { try await $0.discard() })
    }

    private static func sync(_ desk: Desk, _ router: inout Router) {
        router.on("GET", "/sync", desk.visited { try await $0.syncPage() })
        router.on("GET", "/sync/runs", desk.visited { try await $0.runsPage() })
        router.on("POST", "/sync", desk.visited { try await $0.startSync() })
        router.on("POST", "/sync/metered", desk.visited { try await $0.switchMetered() })
        // A page that asks every second must not keep the kiosk open.
        router.on("GET", "/sync/status", desk.visited(touching: false) { try await $0.syncStatus() })
    }
}
