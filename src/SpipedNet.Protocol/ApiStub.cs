#pragma warning disable
namespace SpipedNet.Protocol;
public sealed class SharedSecret : IDisposable { public const int Size=32; public static SharedSecret FromKeyMaterial(ReadOnlySpan<byte> k)=>null!; public static SharedSecret FromDigest(ReadOnlySpan<byte> d)=>null!; public string Fingerprint=>""; public void Dispose(){} }
public static class Packet { public const int Size=1060, MaxPayload=1024, MacSize=32; public static int CountFor(int n)=>(n+1023)/1024; }
public enum PeerValueCheck { Accepted, BadMac, OutOfRange, WeakRefused }
public static class Handshake { public const int NonceSize=32, AuthenticatedValueSize=288; }
public class ClientHandshake : IDisposable { public ClientHandshake(SharedSecret s, ForwardSecrecy f){} public ReadOnlySpan<byte> Nonce=>default; public void ReceiveNonce(ReadOnlySpan<byte> n){} public void WriteValue(Span<byte> d){} public PeerValueCheck ReceiveValue(ReadOnlySpan<byte> v)=>default; public SessionKeys DeriveKeys()=>null!; public void Dispose(){} }
public class ServerHandshake : ClientHandshake { public ServerHandshake(SharedSecret s, ForwardSecrecy f):base(s,f){} }
public sealed class SessionKeys : IDisposable { public PacketSealer Sealer=>null!; public PacketOpener Opener=>null!; public void Dispose(){} }
public sealed class PacketSealer { public int Seal(ReadOnlySpan<byte> p, Span<byte> d)=>0; }
public enum OpenStatus { Opened, BadMac, BadLength }
public readonly record struct OpenResult(OpenStatus Status, int Length);
public sealed class PacketOpener { public OpenResult Open(Span<byte> p, Span<byte> d)=>default; }
