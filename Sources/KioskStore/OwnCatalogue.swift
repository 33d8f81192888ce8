public import KioskDomain
internal import Synchronization

extension KioskStore {
    /// The catalogue that the program brings along or the settings name, as it was made for a later day than the program's start.
    struct OwnCatalogue: Sendable {
        fileprivate var make: (@Sendable (CalendarDate) -> Catalogue?)?
        fileprivate var day: CalendarDate?
        fileprivate var catalogue: Catalogue?
    }

    /// Has the own catalogue made anew when the day turns, for a program that runs for weeks: a law holds from its day on, not from
    /// the next start.
    ///
    /// - Parameter make: the catalogue of a day; nil where it cannot be made, which is told by whoever gives it. Then the last one stays
    ///   until the next day.
    public func remakeOwnCatalogue(by make: @escaping @Sendable (CalendarDate) -> Catalogue?) {
        ownOfLater.withLock { $0 = OwnCatalogue(make: make) }
    }

    /// The own catalogue as it is on a day; the very one that was given where the day changes nothing of it.
    func turned(_ own: Catalogue, on today: CalendarDate) -> Catalogue {
        guard own.asOf == "today", own.day != today.description else { return own }
        return ownOfLater.withLock { later in
            guard let make = later.make else { return own }
            if later.day != today {
                later.day = today
                if let made = make(today) { later.catalogue = made.version == own.version ? nil : made }
            }
            return later.catalogue ?? own
        }
    }
}
