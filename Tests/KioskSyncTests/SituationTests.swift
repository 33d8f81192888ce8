import Foundation
import KioskDomain
import KioskTestSupport
import Testing

@testable import KioskSync

@Suite(.heavy) struct SituationTests {
    private static let now = VietnamTime.instant(rfc3339: "2022-04-08T14:00:00+07:00") ?? .distantPast

    /// A kiosk that sends at night, and nothing in its way.
    private static func outlook(_ change: (inout Outlook) -> Void = { _ in }) -> Outlook {
        var outlook = Outlook(
            SendPlan(), kioskID: "kiosk-1", work: QueuedWork(), runs: [], sentToday: 0, isMetered: false, now: now)
        outlook.next = now.addingTimeInterval(8 * 3600 + 780)
        change(&outlook)
        return outlook
    }

    private static func operation(
        _ kind: KioskSync.Operation.Kind = .dossier, _ state: KioskSync.Operation.State = .waiting, _ reason: RetryReason? = nil,
        needs: Int = 0, at minutes: Double = 0, size: Int = 0, today: Bool = false
    ) -> OperationFacts {
        OperationFacts(
            kind: kind, state: state, reason: reason?.rawValue, needs: needs, notBefore: now.addingTimeInterval(minutes * 60),
            size: size, isWantedToday: today)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let dossier: DossierFacts
        var outlook = SituationTests.outlook()
        let mover: Situation.Mover
        let words: String
        var testDescription: String { words }
    }

    private static let safe = "Hồ sơ đã ghi nhận, cất an toàn trong máy, chờ gửi lên cổng."

    private static func sealed(
        _ operation: OperationFacts?, files: [OperationFacts] = [], account: String? = nil, state: DossierState = .sealed
    ) -> DossierFacts {
        DossierFacts(state: state, operation: operation, files: files, account: account)
    }

    static let rows: [Row] = [
        Row(
            dossier: DossierFacts(state: .draft, wasSealed: false), mover: .villageHead,
            words: "Hồ sơ đang soạn, chỉ có ở máy này. Điền tiếp, xem lại rồi ghi nhận. Việc của: Trưởng thôn."),
        Row(
            dossier: DossierFacts(state: .draft), mover: .villageHead,
            words:
                "Hồ sơ đang được sửa lại, chưa ghi nhận lần mới. Sửa xong thì ghi nhận lại; máy gửi bản mới lên cổng. Việc của: Trưởng thôn."
        ),
        Row(
            dossier: sealed(operation()), mover: .time,
            words: "\(safe) Máy tự gửi từ 22:13; muốn sớm hơn thì bấm «Gửi ngay». Việc của: Chờ đến giờ."),
        Row(
            dossier: sealed(operation()), outlook: outlook { $0.next = $0.now.addingTimeInterval(12 * 3600) }, mover: .time,
            words: "\(safe) Máy tự gửi từ 02:00 ngày mai; muốn sớm hơn thì bấm «Gửi ngay». Việc của: Chờ đến giờ."),
        Row(
            dossier: sealed(operation()), outlook: outlook { $0.next = $0.now }, mover: .machine,
            words: "\(safe) Có mạng là máy gửi. Không cần làm gì. Việc của: Máy."),
        Row(
            dossier: sealed(operation()), outlook: outlook { $0.next = nil }, mover: .villageHead,
            words: "\(safe) Bấm «Gửi ngay» thì máy gửi. Việc của: Trưởng thôn."),
        Row(
            dossier: sealed(operation()), outlook: outlook { $0.lastStop = .line }, mover: .line,
            words: "\(safe) Máy chưa tới được cổng. Có mạng là máy gửi. Không cần làm gì. Việc của: Đường mạng."),
        Row(
            dossier: sealed(operation()), outlook: outlook { $0.lastStop = .authentication }, mover: .villageHead,
            words:
                "\(safe) Cổng không nhận mã của máy này. Báo Công an xã kiểm tra mã kiosk và mật khẩu kiosk; sau đó máy tự gửi. Việc của: Trưởng thôn."
        ),
        Row(
            dossier: sealed(operation()), outlook: outlook { $0.lastStop = .portalBusy }, mover: .portal,
            words: "\(safe) Cổng đang bận. Máy tự gửi từ 22:13; muốn sớm hơn thì bấm «Gửi ngay». Việc của: Cổng."),
        Row(
            dossier: sealed(operation(.dossier, .waiting, .portalBusy, at: 5)), outlook: outlook { $0.next = $0.now },
            mover: .portal, words: "\(safe) Lần trước cổng bận hoặc trục trặc. Máy tự thử lại từ 14:05. Việc của: Cổng."),
        Row(
            dossier: sealed(operation(.dossier, .waiting, .line(.broken))), mover: .line,
            words: "\(safe) Mạng đứt giữa chừng. Không cần làm gì. Máy thử lại từ 22:13. Việc của: Đường mạng."),
        Row(
            dossier: sealed(operation()),
            outlook: outlook { ($0.lastStop, $0.lastTrouble) = (.line, .wrongHost) }, mover: .certificate,
            words:
                "\(safe) Giấy chứng nhận mà máy nhận được không phải của cổng này. Đừng gửi qua mạng này; đổi mạng khác. Vẫn vậy thì báo Công an xã kiểm tra địa chỉ cổng. Máy thử lại. Việc của: Giấy chứng nhận của cổng."
        ),
        Row(
            dossier: sealed(operation(.dossier, .waiting, .line(.expired))),
            outlook: outlook {
                $0.next = $0.now
                $0.clockError = ClockError(ahead: 2 * 365.25 * 86_400)
            }, mover: .clock,
            words:
                "\(safe) Đồng hồ máy chạy nhanh khoảng 2 năm. Vì thế máy không tin giấy chứng nhận của cổng. Hãy chỉnh lại ngày và giờ của máy cho đúng. Hồ sơ đã ghi nhận vẫn an toàn. Máy thử lại. Việc của: Đồng hồ của máy."
        ),
        Row(
            dossier: sealed(operation(.dossier, .waiting, .line(.notThePortal))), outlook: outlook { $0.next = $0.now },
            mover: .line,
            words:
                "\(safe) Có thứ khác trả lời thay cổng (máy chủ trung gian, trả lời bị cắt cụt). Không cần làm gì; đến mai vẫn vậy thì báo Công an xã. Máy thử lại. Việc của: Đường mạng."
        ),
        Row(
            dossier: sealed(operation(.dossier, .inDoubt, .line(.broken)), state: .inDoubt), mover: .line,
            words:
                "Hồ sơ đã gửi nhưng mất mạng trước khi cổng trả lời. Mạng đứt giữa chừng. Máy tự hỏi lại cổng, không gửi trùng. Không cần làm gì. Máy thử lại từ 22:13. Việc của: Đường mạng."
        ),
        Row(
            dossier: sealed(
                operation(needs: 2), files: [operation(.upload, size: 300_000), operation(.upload, size: 200_000)]),
            mover: .time,
            words:
                "\(safe) Còn 2 tệp chưa lên cổng. Máy tự gửi từ 22:13; muốn sớm hơn thì bấm «Gửi ngay». Việc của: Chờ đến giờ."),
        Row(
            dossier: sealed(
                operation(needs: 2),
                files: [operation(.upload, size: 3000), operation(.upload, .waiting, .uploadRestart, size: 2)]),
            outlook: outlook { $0.next = $0.now }, mover: .machine,
            words: "\(safe) Còn 2 tệp chưa lên cổng. Cổng không còn giữ phần đã gửi. Máy gửi lại tệp từ đầu. Việc của: Máy."),
        Row(
            dossier: sealed(operation(needs: 1), files: [operation(.upload, size: 300_000)]),
            outlook: outlook { $0.isMetered = true }, mover: .villageHead,
            words:
                "\(safe) Còn 1 tệp chưa lên cổng. Mạng tính tiền nên giấy tờ lớn chưa gửi. Tắt «Mạng tính tiền» ở trang Gửi lên cổng thì máy gửi. Việc của: Trưởng thôn."
        ),
        Row(
            dossier: sealed(operation(needs: 1), files: [operation(.upload, size: 300_000)]),
            outlook: outlook { $0.isDayUsedUp = true }, mover: .time,
            words:
                "\(safe) Còn 1 tệp chưa lên cổng. Hôm nay máy đã gửi hết dung lượng cho phép. Sang ngày mai máy gửi tiếp. Việc của: Chờ đến giờ."
        ),
        // The law wants it today: no limit holds it.
        Row(
            dossier: sealed(operation(needs: 1), files: [operation(.upload, size: 300_000, today: true)]),
            outlook: outlook {
                ($0.isMetered, $0.isDayUsedUp) = (true, true)
                $0.next = $0.now
            }, mover: .machine,
            words: "\(safe) Còn 1 tệp chưa lên cổng. Có mạng là máy gửi. Không cần làm gì. Việc của: Máy."),
        Row(
            dossier: sealed(operation(needs: 1)), mover: .time,
            words:
                "\(safe) Tài khoản hoặc tệp của hồ sơ phải lên cổng trước. Máy tự gửi từ 22:13; muốn sớm hơn thì bấm «Gửi ngay». Việc của: Chờ đến giờ."
        ),
        Row(
            dossier: sealed(operation(.dossier, .blocked), account: "code-sent"), mover: .resident,
            words:
                "Hồ sơ đã ghi nhận nhưng tài khoản của người dân trên cổng chưa xác minh. Người dân đọc mã 6 số trong tin nhắn; nhập mã rồi máy gửi tiếp. Việc của: Người dân."
        ),
        Row(
            dossier: sealed(operation(.dossier, .blocked), account: "account-locked"), mover: .resident,
            words:
                "Hồ sơ đã ghi nhận nhưng tài khoản của người dân trên cổng chưa xác minh. Tài khoản bị khóa: người dân đến Công an xã để mở, rồi máy gửi tiếp. Việc của: Người dân."
        ),
        Row(
            dossier: sealed(nil), mover: .villageHead,
            words:
                "Hồ sơ đã ghi nhận nhưng không có trong hàng chờ gửi. Đừng xóa gì; hãy báo người hỗ trợ. Việc của: Trưởng thôn."),
        Row(
            dossier: DossierFacts(state: .rejected), mover: .villageHead,
            words: "Cổng trả lại hồ sơ vì có chỗ chưa đúng. Xem từng chỗ ở dưới, sửa rồi ghi nhận lại. Việc của: Trưởng thôn."),
        Row(
            dossier: DossierFacts(state: .rejected, trouble: .damaged), mover: .villageHead,
            words:
                "Một phần hồ sơ trong máy bị hỏng nên chưa gửi được. Quét lại tệp hỏng rồi ghi nhận lại, hoặc khôi phục từ bản sao lưu. Việc của: Trưởng thôn."
        ),
        Row(
            dossier: DossierFacts(state: .conflict), mover: .villageHead,
            words:
                "Bản ở máy này và bản trên cổng khác nhau ở cùng một chỗ. Đối chiếu rồi quyết định. Việc của: Trưởng thôn."),
        Row(
            dossier: DossierFacts(state: .conflict, trouble: .duplicate), mover: .villageHead,
            words:
                "Trên cổng người dân đã có một hồ sơ như thế này. Hỏi người dân rồi quyết định giữ hồ sơ nào. Việc của: Trưởng thôn."
        ),
    ]

    @Test("Where it is, why not further, what next, whose move", arguments: rows)
    func table(row: Row) {
        let situation = Situation(row.dossier, row.outlook)
        #expect(situation.sentence.vi == row.words)
        #expect(situation.mover == row.mover)
    }

    @Test(
        "At the portal",
        arguments: [
            ("received", Situation.Mover.police), ("accepted", .police), ("processing", .police),
            ("supplement-required", .villageHead),
            ("resolved", .resident), ("returned", .nobody), ("refused", .resident), ("withdrawn", .nobody),
            ("something-new", .police),
        ])
    func statuses(status: String, mover: Situation.Mover) {
        let facts = DossierFacts(state: .delivered, status: PortalStatus(rawValue: status))
        #expect(Situation(facts, Self.outlook()).mover == mover)
    }

    @Test func `a file: at the portal, with its dossier not sealed, and on its way`() {
        func words(_ uploaded: Bool, _ operation: OperationFacts?) -> String {
            Situation(fileUploaded: uploaded, operation: operation, Self.outlook()).sentence.vi
        }
        #expect(words(true, nil) == "Tệp đã lên cổng. Không gửi lại nữa. Việc của: Không ai phải làm gì.")
        #expect(words(false, nil) == "Tệp ở trong máy. Ghi nhận hồ sơ thì máy gửi tệp. Việc của: Trưởng thôn.")
        #expect(
            words(false, Self.operation(.upload, .sending, size: 9))
                == "Tệp đang được gửi. Đứt giữa chừng thì lần sau gửi tiếp từ chỗ dở. Việc của: Máy.")
        #expect(
            words(false, Self.operation(.upload, size: 9))
                == "Tệp ở trong máy, chờ gửi. Máy tự gửi từ 22:13; muốn sớm hơn thì bấm «Gửi ngay». Việc của: Chờ đến giờ.")
    }

    @Test func `every state of the model has whole sentences in both languages`() {
        var operations: [OperationFacts] = []
        let reasons = [nil] + RetryReason.allCases.map { $0.rawValue as String? } + [Rejection.damagedHere, "dossier-rejected"]
        for kind in KioskSync.Operation.Kind.allCases {
            for state in KioskSync.Operation.State.allCases {
                for reason in reasons {
                    for (needs, size) in [(0, 0), (1, 0), (0, 300_000)] {
                        operations.append(
                            OperationFacts(
                                kind: kind, state: state, reason: reason, needs: needs, notBefore: Self.now, size: size))
                    }
                }
            }
        }
        let stops: [SyncReport.Stop?] = [nil, .line, .authentication, .portalBusy, .cancelled, .windowClosed, .brokenOff]
        var outlooks = stops.map { stop in Self.outlook { $0.lastStop = stop } }
        outlooks += [
            Self.outlook { $0.next = nil }, Self.outlook { $0.isMetered = true }, Self.outlook { $0.isDayUsedUp = true },
            Self.outlook { $0.next = $0.now.addingTimeInterval(5 * 86_400) },
        ]
        for outlook in outlooks {
            for operation in operations {
                check(Situation(operation, outlook))
                check(Situation(fileUploaded: false, operation: operation, outlook))
                for state in DossierState.allCases {
                    check(Situation(DossierFacts(state: state, operation: operation, files: [operation]), outlook))
                }
            }
        }
    }

    private func check(_ situation: Situation) {
        for part in [situation.place, situation.next] {
            for text in [part.vi, part.en] {
                let isWhole = text.hasSuffix(".") && !text.contains("  ") && !text.hasPrefix(" ") && text.count > 8
                #expect(isWhole && text == text.precomposedStringWithCanonicalMapping, "\(text)")
            }
        }
    }
}
