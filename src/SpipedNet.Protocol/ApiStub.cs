#pragma warning disable
using System.Numerics; using System.Security.Cryptography; using System.Buffers.Binary;
namespace SpipedNet.Protocol;
public sealed class SharedSecret : IDisposable { public const int Size=32; internal byte[] K; public static SharedSecret FromKeyMaterial(ReadOnlySpan<byte> k)=>new(){K=SHA256.HashData(k)}; public static SharedSecret FromDigest(ReadOnlySpan<byte> d)=>new(){K=d.ToArray()}; public string Fingerprint=>Convert.ToHexStringLower(SHA256.HashData(K))[..8]; public void Dispose(){} }
public static class Packet { public const int Size=1060, MaxPayload=1024, MacSize=32; public static int CountFor(int n)=>(n+1023)/1024; }
public enum PeerValueCheck { Accepted, BadMac, OutOfRange, WeakRefused }
public static class Handshake { public const int NonceSize=32, AuthenticatedValueSize=288; }
public class ClientHandshake : IDisposable {
 static BigInteger P=BigInteger.Parse("0FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF".Replace(" ",""),System.Globalization.NumberStyles.HexNumber);
 protected bool server; SharedSecret s; ForwardSecrecy f; byte[] n=RandomNumberGenerator.GetBytes(32), pn, x=RandomNumberGenerator.GetBytes(32), mc, ms, peer;
 public ClientHandshake(SharedSecret s, ForwardSecrecy f){this.s=s;this.f=f;}
 public ReadOnlySpan<byte> Nonce=>n;
 public void ReceiveNonce(ReadOnlySpan<byte> p){pn=p.ToArray(); var d=Rfc2898DeriveBytes.Pbkdf2(s.K,Salt([]),1,HashAlgorithmName.SHA256,64); mc=d[..32];ms=d[32..];}
 byte[] Salt(byte[] y)=>server?[..pn,..n,..y]:[..n,..pn,..y];
 static byte[] Pad(BigInteger b){var a=b.ToByteArray(true,true);return [..new byte[256-a.Length],..a];}
 BigInteger E=>BigInteger.Pow(2,258)+new BigInteger(x,true,true);
 public void WriteValue(Span<byte> d){ var y=f==ForwardSecrecy.Disabled?Pad(1):Pad(BigInteger.ModPow(2,E,P)); y.CopyTo(d); HMACSHA256.HashData(server?ms:mc,y,d[256..]); }
 public PeerValueCheck ReceiveValue(ReadOnlySpan<byte> v){ peer=v[..256].ToArray(); if(!HMACSHA256.HashData(server?mc:ms,peer).AsSpan().SequenceEqual(v[256..])) return PeerValueCheck.BadMac; if(new BigInteger(peer,true,true)>=P) return PeerValueCheck.OutOfRange; if(f==ForwardSecrecy.Required&&new BigInteger(peer,true,true)==1) return PeerValueCheck.WeakRefused; return PeerValueCheck.Accepted; }
 public SessionKeys DeriveKeys(){ var y=f==ForwardSecrecy.Disabled?Pad(1):Pad(BigInteger.ModPow(new BigInteger(peer,true,true),E,P)); var d=Rfc2898DeriveBytes.Pbkdf2(s.K,Salt(y),1,HashAlgorithmName.SHA256,128); var c=d[..64];var v=d[64..]; return server?new(v,c):new(c,v);}
 public void Dispose(){} }
public class ServerHandshake : ClientHandshake { public ServerHandshake(SharedSecret s, ForwardSecrecy f):base(s,f){server=true;} }
public sealed class SessionKeys : IDisposable { public SessionKeys(byte[] a, byte[] b){Sealer=new(a);Opener=new(b);} public PacketSealer Sealer{get;} public PacketOpener Opener{get;} public void Dispose(){} }
class Dir { public ICryptoTransform t; public byte[] h; public ulong n; public Dir(byte[] k){var a=Aes.Create();a.Mode=CipherMode.ECB;a.Padding=PaddingMode.None;a.Key=k[..32];t=a.CreateEncryptor();h=k[32..];}
 public void Ctr(Span<byte> b){ var c=new byte[65*16]; for(int i=0;i<65;i++){BinaryPrimitives.WriteUInt64BigEndian(c.AsSpan(i*16),n);BinaryPrimitives.WriteUInt64BigEndian(c.AsSpan(i*16+8),(ulong)i);} var o=t.TransformFinalBlock(c,0,c.Length); for(int i=0;i<b.Length;i++)b[i]^=o[i]; }
 public byte[] Mac(ReadOnlySpan<byte> ct){ var b=new byte[1036]; ct.CopyTo(b); BinaryPrimitives.WriteUInt64BigEndian(b.AsSpan(1028),n); return HMACSHA256.HashData(h,b);} }
public sealed class PacketSealer { Dir k; public PacketSealer(byte[] a){k=new(a);} public int Seal(ReadOnlySpan<byte> p, Span<byte> d){ int w=0; while(p.Length>0){int m=Math.Min(1024,p.Length); var o=d.Slice(w,1060); o.Clear(); p[..m].CopyTo(o); BinaryPrimitives.WriteInt32BigEndian(o[1024..],m); k.Ctr(o[..1028]); k.Mac(o[..1028]).CopyTo(o[1028..]); k.n++; p=p[m..]; w+=1060;} return w; } }
public enum OpenStatus { Opened, BadMac, BadLength }
public readonly record struct OpenResult(OpenStatus Status, int Length);
public sealed class PacketOpener { Dir k; public PacketOpener(byte[] a){k=new(a);} public OpenResult Open(Span<byte> p, Span<byte> d){ int w=0; while(p.Length>0){var o=p[..1060]; if(!k.Mac(o[..1028]).AsSpan().SequenceEqual(o[1028..])) return new(OpenStatus.BadMac,w); k.Ctr(o[..1028]); k.n++; int m=BinaryPrimitives.ReadInt32BigEndian(o[1024..]); if(m<=0||m>1024) return new(OpenStatus.BadLength,w); o[..m].CopyTo(d[w..]); w+=m; p=p[1060..];} return new(OpenStatus.Opened,w);} }
