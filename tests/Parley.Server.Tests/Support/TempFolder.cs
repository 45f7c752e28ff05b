namespace Parley.Server.Tests.Support;

/// <summary>A folder that is deleted after the test.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-data-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
