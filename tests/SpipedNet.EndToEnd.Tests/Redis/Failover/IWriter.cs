namespace SpipedNet.EndToEnd.Tests.Redis.Failover;

/// <summary>A client that writes one key after another, whatever comes, until it is disposed.</summary>
internal interface IWriter : IAsyncDisposable
{
    WriteLog Log { get; }
}
