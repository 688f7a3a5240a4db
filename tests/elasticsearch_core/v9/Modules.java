import java.nio.file.Path;
import java.util.Set;
import org.elasticsearch.plugins.PluginBundle;
import org.elasticsearch.plugins.PluginsLoader;

/** The modules of a folder, as Elasticsearch 9 is asked for them. */
class Modules {
    static Set<PluginBundle> in(Path folder) {
        return PluginsLoader.loadModulesBundles(folder, false);
    }
}
