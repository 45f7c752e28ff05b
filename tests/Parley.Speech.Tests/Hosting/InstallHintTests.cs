using Parley.Speech.Hosting;

namespace Parley.Speech.Tests;

public sealed class InstallHintTests
{
    [Theory]
    [InlineData("ID=debian", nameof(HostSystem.Debian))]
    [InlineData("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"", nameof(HostSystem.Debian))]
    [InlineData("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", nameof(HostSystem.Fedora))]
    [InlineData("ID=manjaro\nID_LIKE=arch", nameof(HostSystem.Arch))]
    [InlineData("ID=alpine", nameof(HostSystem.OtherLinux))]
    [InlineData("", nameof(HostSystem.OtherLinux))]
    public void The_distribution_is_read_from_os_release(string text, string system) => Assert.Equal(system, InstallHint.ReadOsRelease(text).ToString());

    [Fact]
    public void A_hint_names_a_package_where_there_is_one_and_otherwise_the_alternative()
    {
        Assert.Equal("Install it: apt install libpocketsphinx3 pocketsphinx-en-us.", InstallHint.For("pocketsphinx", HostSystem.Debian));
        Assert.Equal("Install it: brew install espeak-ng.", InstallHint.For("espeak", HostSystem.MacOS));
        Assert.Contains("Speech:Recognizer:Provider to openai", InstallHint.For("pocketsphinx", HostSystem.Windows), StringComparison.Ordinal);
        foreach (var system in Enum.GetValues<HostSystem>())
        {
            foreach (var provider in (string[])["pocketsphinx", "flite", "espeak"])
                Assert.EndsWith(".", InstallHint.For(provider, system), StringComparison.Ordinal);
        }
    }
}
