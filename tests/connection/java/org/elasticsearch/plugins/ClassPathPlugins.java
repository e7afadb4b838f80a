// Copyright (c) mlops.elastic contributors (@mlops-elastic)
// SPDX-License-Identifier: GPL-3.0-or-later
package org.elasticsearch.plugins;

import org.elasticsearch.Build;
import org.elasticsearch.env.Environment;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;

/** Plugins that are on the class path beside the server, where a distribution has a folder and a module layer for each. */
public final class ClassPathPlugins extends PluginsService {
    private static final ClassLoader LOADER = ClassPathPlugins.class.getClassLoader();
    private static final String DESCRIPTOR = "name=%s\ndescription=%s\nclassname=%s\nversion=%s\nelasticsearch.version=%s\njava.version=17\n";

    private final List<LoadedPlugin> loaded;

    public ClassPathPlugins(Environment environment, List<String> classNames) {
        super(environment.settings(), environment.configDir(), new PluginsLoader(Set.of(), Set.of(), Map.of()));
        loaded = classNames.stream().map(name -> load(environment, name)).toList();
        for (LoadedPlugin plugin : loaded) {
            if (plugin.instance() instanceof ExtensiblePlugin extensible) {
                extensible.loadExtensions(new ExtensiblePlugin.ExtensionLoader() {
                    @Override
                    public <T> List<T> loadExtensions(Class<T> type) {
                        return new ArrayList<>(loadServiceProviders(type));
                    }
                });
            }
        }
    }

    private static LoadedPlugin load(Environment environment, String className) {
        try {
            Class<? extends Plugin> type = Class.forName(className, true, LOADER).asSubclass(Plugin.class);
            return new LoadedPlugin(describe(type), loadPlugin(type, environment.settings(), environment.configDir()), LOADER);
        } catch (ClassNotFoundException missing) {
            throw new IllegalArgumentException(missing);
        }
    }

    private static PluginDescriptor describe(Class<?> type) {
        String name = type.getSimpleName(), version = Build.current().version();
        String text = DESCRIPTOR.formatted(name, name, type.getName(), version, version);
        try {
            return PluginDescriptor.readInternalDescriptorFromStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Override
    protected List<LoadedPlugin> plugins() {
        return loaded == null ? List.of() : loaded;  // the superclass's constructor asks too
    }

    @Override
    public <T> List<? extends T> loadServiceProviders(Class<T> service) {
        return ServiceLoader.load(service, LOADER).stream().map(provider -> instantiate(provider.type())).toList();
    }

    /** A provider may be made for its plugin. */
    private <T> T instantiate(Class<T> type) {
        try {
            for (Constructor<?> constructor : type.getConstructors()) {
                for (LoadedPlugin plugin : plugins()) {
                    if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0].isInstance(plugin.instance())) {
                        return type.cast(constructor.newInstance(plugin.instance()));
                    }
                }
            }
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException unusable) {
            throw new IllegalStateException(unusable);
        }
    }
}
