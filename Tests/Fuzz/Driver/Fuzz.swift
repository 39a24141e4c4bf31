import FuzzTargets
import Glibc

// `posthorn-fuzz TARGET [libFuzzer's options and folders]`: only in builds with POSTHORN_FUZZ=1 and `--sanitize fuzzer`, whose `main`
// is libFuzzer's. Source: llvm.org/docs/LibFuzzer.html.

nonisolated(unsafe) private var target = FuzzTarget.all[0]  // set once, before libFuzzer calls anything else on its only thread

/// Takes the name of the target out of the arguments; lists them where there is none.
@c(LLVMFuzzerInitialize)
public func initialize(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  let name = count.pointee > 1 ? arguments.pointee[1].map { String(cString: $0) } : nil
  guard let found = FuzzTarget.all.first(where: { $0.name == name }) else {
    print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
    exit(name == nil ? 0 : 2)
  }
  target = found
  arguments.pointee[1] = arguments.pointee[0]
  arguments.pointee += 1
  count.pointee -= 1
  return 0
}

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    print("finding: \(error)")
    fflush(nil)
    abort()
  }
  return 0
}
