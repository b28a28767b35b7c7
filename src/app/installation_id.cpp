#include "app/installation_id.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <random>

#include "crypto/digest.hpp"
#include "ops/config_hash.hpp"

namespace bitgrid::app {
namespace {

constexpr std::size_t kDigits = 16;

}  // namespace

std::string installation_id(const std::string& data_folder) {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    const auto folder = std::filesystem::absolute(data_folder).lexically_normal();
    return crypto::sha256_hex(std::string{host.data()} + ":" + folder.string()).substr(0, kDigits);
}

std::string fresh_run_id() {
    std::random_device device;
    std::string seed = std::to_string(::getpid());
    for (int i = 0; i < 4; ++i) seed += '-' + std::to_string(device());
    return crypto::sha256_hex(seed).substr(0, kDigits);
}

std::string guarded_fingerprint(const Installation& all) {
    std::string text;
    for (const core::LoadConfig& load : all.config.loads)
        text += load.id + (load.has_power ? "=shows its power\n" : "\n");
    for (const DeviceConfig& device : all.devices)
        if (commands_load(device.type))
            text += ops::canonical_text("device", ops::fields_of(device)) + '\n';
    text += ops::canonical_text("mqtt", ops::fields_of(all.mqtt));
    return crypto::sha256_hex(text).substr(0, kDigits);
}

}  // namespace bitgrid::app
