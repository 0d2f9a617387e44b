using Lxd.Core;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Instances.Templates;
using Lxd.Daemon.Templates;

namespace Lxd.Daemon.Tests.Instances;

public sealed class TemplateTests
{
    private static readonly Dictionary<string, object?> Scope = new()
    {
        ["container"] = new Dictionary<string, object?> { ["name"] = "c1" },
        ["properties"] = new Dictionary<string, object?> { ["default"] = "#cloud-config" },
        ["config"] = new Dictionary<string, object?> { ["user.a"] = "1", ["user.b"] = "2" },
        ["config_get"] = (Func<List<object?>, object?>)(a => (string)a[0]! == "user.a" ? "1" : a[1]),
    };

    [Theory]
    [InlineData("{{ container.name }}", "c1")]
    [InlineData("{{container.name|upper}}{# no #}!", "C1!")]
    [InlineData("{{ config_get(\"user.user-data\", properties.default) }}", "#cloud-config")]
    [InlineData("{% if config_get(\"user.a\", \"\") == \"\" %}no{% else %}{{ config_get(\"user.a\", \"\") }}{% endif %}", "1")]
    [InlineData("{% if missing %}a{% elif container.name == 'c1' and not missing %}b{% else %}c{% endif %}", "b")]
    [InlineData("{% for k, v in config %}{{ k }}={{ v }};{% endfor %}", "user.a=1;user.b=2;")]
    [InlineData("{{ missing|default:'x' }} plain { text }", "x plain { text }")]
    public void Renders(string text, string result) => Assert.Equal(result, Template.Render(text, Scope));

    [Theory]
    [InlineData("{% include \"/etc/passwd\" %}")]
    [InlineData("{{ container.name")]
    [InlineData("{% if true %}")]
    [InlineData("{% endfor %}")]
    [InlineData("{{ 99999999999999999999999 }}")]
    [InlineData("{{ 'a'|cut:'' }}{{ ''|split:'' }}{{ nothing")]
    public void BadTemplatesAreRefused(string text) => Assert.Throws<ApiException>(() => Template.Render(text, Scope));

    /// <summary>None takes more than a moment and some memory.</summary>
    [Theory]
    [InlineData("{% for a in config %}", 40, "{% endfor %}", 40)]
    [InlineData("{% for a in config %}", 30, "", 0)]
    [InlineData("{% set a = 'aaaaaaaa' %}", 1, "{% set a = a|add:a %}", 60)]
    [InlineData("{% set a = ',,,,,,,,' %}", 1, "{% set a = a|split:','|join:a %}", 60)]
    [InlineData("{{ ", 1, "(", 100_000)]
    [InlineData("{{ ", 1, "a[", 100_000)]
    [InlineData("{{ ", 1, "not ", 100_000)]
    [InlineData("{% if a %}", 1000, "{% endif %}", 1000)]
    [InlineData("{% filter upper %}", 1000, "{% endfilter %}", 1000)]
    public void BombsAreRefused(string begin, int begins, string end, int ends)
    {
        var text = string.Concat(Enumerable.Repeat(begin, begins)) + string.Concat(Enumerable.Repeat(end, ends));
        var scope = new Dictionary<string, object?> { ["config"] = Enumerable.Range(0, 30).ToDictionary(i => $"{i}", i => (object?)i) };
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ApiException>(() => Template.Render(text, scope));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2L << 30);
    }

    [Fact]
    public async Task TemplatesAreWrittenIntoTheRootAndNowhereElse()
    {
        var volume = Directory.CreateTempSubdirectory("template").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(volume, "templates"));
            Directory.CreateDirectory(Path.Combine(volume, "rootfs"));
            File.WriteAllText(Path.Combine(volume, "metadata.yaml"), "templates:\n  /etc/hostname:\n    when: [create, copy]\n    template: hostname.tpl\n  /../out:\n    when: [create]\n    template: hostname.tpl\n");
            File.WriteAllText(Path.Combine(volume, "templates", "hostname.tpl"), "{{ instance.name }}\n");
            var instance = new InstanceRecord { Project = "default", Name = "c1" };
            await new InstanceTemplates().ApplyAsync(instance, volume, "start", default);
            Assert.False(Directory.Exists(Path.Combine(volume, "rootfs", "etc")));
            await new InstanceTemplates().ApplyAsync(instance, volume, "create", default);
            Assert.Equal("c1\n", File.ReadAllText(Path.Combine(volume, "rootfs", "etc", "hostname")));
            Assert.False(File.Exists(Path.Combine(volume, "out")));
        }
        finally
        {
            Directory.Delete(volume, true);
        }
    }
}
