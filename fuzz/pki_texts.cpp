// Certificates and lists of revocations from a disk that anybody may have written to.
// links: pki
#include <cstdint>
#include <string_view>

#include "pki/certificate.hpp"
#include "pki/enrolment.hpp"
#include "pki/revocation.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    (void)bitgrid::pki::read_certificate(text);
    (void)bitgrid::pki::read_revocations(text);
    (void)bitgrid::pki::is_signed_by(text, text);
    (void)bitgrid::pki::read_enrolment(text);
    return 0;
}
